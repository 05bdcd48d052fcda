import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct SafetensorsWriteTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func readsBackWhatItWrote() throws {
        var generator = SeededGenerator(seed: 1)
        let url = folder.url.appendingPathComponent("model.safetensors")
        for _ in 0..<20 {
            let tensors = (0..<Int.random(in: 0...6, using: &generator)).map { index in
                let shape = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                    Int.random(in: 0...5, using: &generator)
                }
                let scalars = (0..<shape.reduce(1, *)).map { _ in Float.random(in: -9...9, using: &generator) }
                return (name: "t\"\\\u{1}é.\(index)", tensor: Tensor(shape: shape, scalars: scalars))
            }
            let metadata = ["format": "pt", "note": "a \"quoted\"\nline"]
            try Safetensors.write(tensors, metadata: metadata, to: url)
            let file = try TensorFile.open(url)
            #expect(file.metadata == metadata)
            #expect(Set(file.tensors.map(\.name)) == Set(tensors.map(\.name)))
            for tensor in file.tensors {
                #expect(try tensor.tensor() == tensors.first { $0.name == tensor.name }?.tensor)
            }
        }
        #expect(try folder.names == ["model.safetensors"])
    }

    @Test func alignsTensorsToEightBytes() throws {
        let url = folder.url.appendingPathComponent("a")
        try Safetensors.write([("x", Tensor(zeros: [3]))], to: url)
        let bytes = [UInt8](try Data(contentsOf: url))
        #expect((bytes.count - 12).isMultiple(of: 8))
    }

    @Test func roundsToNearestEven() throws {
        let values: [Float] = [
            1, 1.00390625, 1.01171875, 1.0117188, -3.4e38, 65519, 65520, 1e-8, 5.9604645e-8, .infinity, -0.0,
            1.00048828125,
            1.00146484375, 3.0e-5,
        ]
        let half = try written(values, as: .float16)
        #expect(half.map(\.bitPattern) == values.map { Float(Float16($0)).bitPattern })
        let brain = try written(values, as: .bfloat16)
        #expect(brain[0...3] == [1, 1, 1.015625, 1.015625])
        #expect(brain[4] == -.infinity || brain[4] == -3.3961775e38)
        for (value, rounded) in zip(values, brain) where value.isFinite && rounded.isFinite {
            #expect(abs(value - rounded) <= abs(value) / 256)
        }
        #expect(try written([.nan], as: .bfloat16)[0].isNaN)
        #expect(try written([Float(bitPattern: 0x7F80_0001)], as: .bfloat16)[0].isNaN)
    }

    private func written(_ values: [Float], as type: ScalarType) throws -> [Float] {
        let url = folder.url.appendingPathComponent(type.rawValue)
        try Safetensors.write([("x", Tensor(shape: [values.count], scalars: values))], scalarType: type, to: url)
        let stored = try TensorFile.open(url).tensors[0]
        #expect(stored.scalarType == type)
        return try stored.tensor().scalars
    }

    @Test func refusesARepeatedNameAndLeavesNothingBehind() throws {
        let url = folder.url.appendingPathComponent("a")
        let tensor = Tensor(zeros: [1])
        #expect(throws: CheckpointError.self) { try Safetensors.write([("x", tensor), ("x", tensor)], to: url) }
        #expect(throws: CheckpointError.self) { try Safetensors.write([("x", tensor)], scalarType: .int8, to: url) }
        #expect(try folder.names.isEmpty)
    }

    @Test func namesTheFolderThatIsMissing() throws {
        let url = folder.url.appendingPathComponent("absent/model.safetensors")
        let error = try #require(throws: CheckpointError.self) {
            try Safetensors.write([("x", Tensor(zeros: [1]))], to: url)
        }
        #expect(error.description.contains("absent/model.safetensors"))
    }
}
