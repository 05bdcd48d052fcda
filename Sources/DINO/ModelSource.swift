import Checkpoints
import Foundation
import Synchronization
import Tensors

/// A model on the disk, opened once for as many precisions as are tried.
struct ModelSource: Sendable {
    let files: ModelFiles
    let checkpoint: Checkpoint
    let key: CheckpointKey
    /// SHA-256 of the weights' file, which is being computed.
    let hash: BackgroundHash

    /// The model at `path`; begins to hash its weights.
    init(_ path: String, key: CheckpointKey) throws {
        files = try ModelFiles(path: path)
        checkpoint = try Checkpoint.open(files.weights, key: key)
        hash = BackgroundHash(of: checkpoint.file)
        self.key = key
    }

    /// The model in a precision, after a first small pass.
    func model(
        _ precision: Precision, fastDecode: Bool, on compute: Compute, maximumTokens: Int
    ) throws -> Model {
        guard compute.supports(precision) else { throw ModelError.precision(precision) }
        let model = try Model(
            self, precision: precision, fastDecode: fastDecode, compute: compute, maximumTokens: maximumTokens)
        try model.warmUp()
        return model
    }
}

/// The SHA-256 of a mapped file, computed on a thread of its own while the file is put to other use.
final class BackgroundHash: Sendable {
    private let result = Mutex("")
    private let done = DispatchSemaphore(value: 0)

    /// Begins to read the file.
    init(of file: MappedFile) {
        Thread.detachNewThread { [self] in
            let hash = Fingerprint.sha256(of: file)
            result.withLock { $0 = hash }
            done.signal()
        }
    }

    /// 64 hexadecimal digits; waits for them.
    func value() -> String {
        done.wait()
        defer { done.signal() }
        return result.withLock { $0 }
    }
}
