import Foundation

/// The weighted vote of the nearest labelled images for a class (`eval_knn.py`): each votes with exp(cosine / T).
///
/// The same rule as the evaluation of trained models: cosines are taken relative to the largest, sums are in double
/// precision and in the order of the neighbours, of equal votes the class whose name comes first wins.
package struct WeightedVote: Sendable, Equatable {
    /// A class that got votes.
    package struct Share: Sendable, Equatable {
        package var label: String
        /// Its part of all votes; they add up to 1.
        package var share: Double
        /// How many neighbours have it.
        package var neighbors: Int
    }

    /// The classes, most votes first.
    package let classes: [Share]

    /// The vote of `neighbors`, the nearest first.
    package init(_ neighbors: [(score: Float, label: String)], temperature: Double) {
        guard let largest = neighbors.first?.score else {
            classes = []
            return
        }
        var votes: [String: (sum: Double, count: Int)] = [:]
        var total = 0.0
        for neighbor in neighbors {
            // Beside the largest, so that no temperature is too low for the exponential.
            let vote = exp(Double(neighbor.score - largest) / temperature)
            let sum = votes[neighbor.label, default: (0, 0)]
            votes[neighbor.label] = (sum.sum + vote, sum.count + 1)
            total += vote
        }
        classes = votes.sorted { ($1.value.sum, $0.key) < ($0.value.sum, $1.key) }.map { label, votes in
            Share(label: label, share: votes.sum / total, neighbors: votes.count)
        }
    }
}
