import Checkpoints
import DINO
import Foundation
import Tensors
import TestSupport
import Testing

/// The folder with reference models and images beside the checkout.
enum Fixtures {
    /// Whether tests that need the folder run.
    static let wanted = SharedFolder.isWanted

    static func model(_ path: String) -> String {
        SharedFolder.model(path).path
    }

    /// The tensors of a reference file by name.
    static func tensors(_ path: String) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for stored in try TensorFile.open(URL(fileURLWithPath: model(path))).tensors {
            tensors[stored.name] = try stored.tensor()
        }
        return tensors
    }
}

/// How close two tensors are: the promises are cosine ≥ 0.99999 and |Δ| ≤ 2e-4 of the largest value.
struct Agreement: CustomStringConvertible {
    let cosine: Double
    let relative: Double

    init(_ found: Tensor, _ expected: Tensor) {
        guard found.shape == expected.shape, let width = expected.shape.last else {
            (cosine, relative) = (-1, .infinity)
            return
        }
        var smallest = 1.0, largest = 0.0, peak = 0.0
        for start in stride(from: 0, to: expected.count, by: width) {
            var dot = 0.0, a = 0.0, b = 0.0
            for i in start..<start + width {
                let x = Double(found.scalars[i]), y = Double(expected.scalars[i])
                dot += x * y
                a += x * x
                b += y * y
                largest = (x - y).isNaN ? .infinity : max(largest, abs(x - y))
                peak = max(peak, abs(y))
            }
            smallest = min(smallest, dot / (a * b).squareRoot())
        }
        (cosine, relative) = (smallest, largest / peak)
    }

    var holds: Bool { cosine >= 0.99999 && relative <= 2e-4 }
    var description: String { "cosine \(cosine), |Δ| \(relative) of the largest" }
}
