import DINOTraining
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct NearestNeighborsTests {
    /// The figures by sorting all cosines of each query.
    private func naive(
        _ bank: FeatureSet, _ queries: FeatureSet, k: Int, temperature: Double
    ) -> (top1: Double, top5: Double) {
        var first = 0, among = 0
        for query in 0..<queries.count {
            let cosines = (0..<bank.count).map { row in
                zip(bank.row(row), queries.row(query)).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            }
            let nearest = (0..<bank.count).sorted { cosines[$0] > cosines[$1] }.prefix(k)
            var votes = [Double](repeating: 0, count: bank.classes.count)
            for row in nearest { votes[bank.labels[row]] += exp(cosines[row] / temperature) }
            let ranking = votes.indices.filter { votes[$0] > 0 }.sorted { votes[$0] > votes[$1] }
            if ranking.first == queries.labels[query] { first += 1 }
            if ranking.prefix(5).contains(queries.labels[query]) { among += 1 }
        }
        return (Double(first) / Double(queries.count), Double(among) / Double(queries.count))
    }

    /// More rows than are compared at a time, and more queries than a thread takes.
    @Test func agreesWithSortingEveryCosine() throws {
        let bank = FeatureSet.random(2100, width: 24, classes: 7, seed: 1)
        let queries = FeatureSet.random(130, width: 24, classes: 7, seed: 2)
        let ks = [1, 3, 20, 200]
        let results = try NearestNeighbors.evaluate(
            bank: bank, queries: queries, ks: ks, temperature: 0.07, on: Compute(threads: 2))
        #expect(results.map(\.k) == ks)
        for result in results {
            let expected = naive(bank, queries, k: result.k, temperature: 0.07)
            #expect(result.top1 == expected.top1, "k \(result.k)")
            #expect(result.top5 == expected.top5, "k \(result.k)")
        }
    }

    @Test func figuresDoNotDependOnThreads() throws {
        let bank = FeatureSet.random(1500, width: 16, classes: 5, seed: 3)
        let queries = FeatureSet.random(400, width: 16, classes: 5, seed: 4)
        let results = try [1, 2, 3].map { threads in
            try NearestNeighbors.evaluate(bank: bank, queries: queries, on: Compute(threads: threads))
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }

    @Test func ofEqualCosinesTheEarlierRowIsNearer() throws {
        let bank = FeatureSet(rows: [1, 0, 1, 0, 1, 0, 0, 1], width: 2, labels: [2, 1, 1, 0], classes: 3)
        let queries = FeatureSet(rows: [1, 0], width: 2, labels: [2], classes: 3)
        let results = try NearestNeighbors.evaluate(
            bank: bank, queries: queries, ks: [1, 3], temperature: 0.07, on: Compute(threads: 1))
        #expect(results.map(\.top1) == [1, 0])
    }

    @Test func ofEqualVotesTheEarlierClassWins() throws {
        let bank = FeatureSet(rows: [1, 0, 1, 0], width: 2, labels: [1, 0], classes: 2)
        let queries = FeatureSet(rows: [1, 0], width: 2, labels: [0], classes: 2)
        let results = try NearestNeighbors.evaluate(bank: bank, queries: queries, ks: [2], on: Compute(threads: 1))
        #expect(results.map(\.top1) == [1])
    }

    @Test func aClassWithoutAVoteIsNotAmongTheFirstFive() throws {
        let bank = FeatureSet(rows: [1, 0, 0, 1], width: 2, labels: [0, 1], classes: 2)
        let queries = FeatureSet(rows: [1, 0], width: 2, labels: [1], classes: 2)
        let results = try NearestNeighbors.evaluate(bank: bank, queries: queries, ks: [1, 2], on: Compute(threads: 1))
        #expect(results.map(\.top5) == [0, 1])
    }

    @Test func aLowTemperatureDoesNotOverflow() throws {
        let bank = FeatureSet(rows: [1, 0, 0.6, 0.8, 0.6, 0.8], width: 2, labels: [0, 1, 1], classes: 2)
        let queries = FeatureSet(rows: [1, 0], width: 2, labels: [0], classes: 2)
        let results = try NearestNeighbors.evaluate(
            bank: bank, queries: queries, ks: [3], temperature: 1e-4, on: Compute(threads: 1))
        #expect(results.map(\.top1) == [1])
    }

    @Test func leavesOutMoreNeighboursThanThereAreRows() throws {
        let bank = FeatureSet.random(30, width: 4, classes: 2, seed: 5)
        let results = try NearestNeighbors.evaluate(bank: bank, queries: bank, on: Compute(threads: 1))
        #expect(results.map(\.k) == [10, 20])
    }

    @Test func refusesABankSmallerThanEveryNumberOfNeighbours() throws {
        let bank = FeatureSet.random(9, width: 4, classes: 2, seed: 6)
        #expect(throws: EvaluationError.tooFewImages(bank: 9, least: 10)) {
            try NearestNeighbors.evaluate(bank: bank, queries: bank, on: Compute(threads: 1))
        }
    }

    @Test(arguments: [0, -1, Double.infinity, .nan])
    func refusesATemperature(of temperature: Double) throws {
        let bank = FeatureSet.random(20, width: 4, classes: 2, seed: 7)
        #expect(throws: EvaluationError.self) {
            try NearestNeighbors.evaluate(
                bank: bank, queries: bank, ks: [1], temperature: temperature, on: Compute(threads: 1))
        }
    }
}
