import Checkpoints
import Foundation
import TestSupport
import Testing

/// Damaged copies of good files: each either opens or throws, and never traps.
@Suite(.enabled(if: Fixtures.isAvailable, "../shared is absent"))
struct HostileBytesTests {
    static let files = [
        "dino-patch8/checkpoint.pth", "dino-patch8/checkpoint-legacy.pth", "dino-patch16/checkpoint.safetensors",
        "dino-training-checkpoint/checkpoint0003.pth", "hf-vit-dino/model.safetensors",
    ]

    /// Opens a checkpoint and reads every tensor; nil where something threw.
    private func read(_ url: URL) -> Int? {
        guard let checkpoint = try? Checkpoint.open(url) else { return nil }
        return checkpoint.tensors.values.reduce(into: 0) { count, tensor in
            count += (try? tensor.tensor())?.count ?? 0
        }
    }

    /// Where a file's structure lies: its head, its tail, and for legacy files the pickles within the head.
    private func structuralIndex(count: Int, using generator: inout SeededGenerator) -> Int {
        let reach = min(count, 16_384)
        let offset = Int.random(in: 0..<reach, using: &generator)
        return Bool.random(using: &generator) ? offset : count - 1 - offset
    }

    @Test(arguments: files)
    func survivesFlippedBytes(_ path: String) throws {
        let folder = try TemporaryFolder()
        let original = [UInt8](try Data(contentsOf: Fixtures.model(path)))
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<60 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let index = structuralIndex(count: bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            _ = read(try folder.file(bytes))
        }
    }

    @Test(arguments: files)
    func refusesTruncatedFiles(_ path: String) throws {
        let folder = try TemporaryFolder()
        let original = [UInt8](try Data(contentsOf: Fixtures.model(path)))
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20 {
            let length = Int.random(in: 0..<original.count, using: &generator)
            #expect(read(try folder.file(Array(original[..<length]))) == nil)
        }
        #expect(read(try folder.file(Array(original.dropLast()))) == nil)
    }
}
