import GRDB

extension StorageError {
    /// Whatever was thrown while `doing` something with `file`, as a case of this type. The one table of SQLite's codes.
    init(_ error: any Error, doing: String, file: String) {
        switch error {
        case let error as StorageError: self = error
        case let error as DatabaseError: self.init(error, doing: doing, file: file)
        case let error as RowDecodingError: self = .corrupt(file: file, doing: doing, reason: "\(error)")
        default: self = .other(file: file, doing: doing, reason: "\(error)")
        }
    }

    private init(_ error: DatabaseError, doing: String, file: String) {
        let reason = "\(error.message ?? "no message") [\(error.extendedResultCode.rawValue)]"
        switch error.resultCode {
        case .SQLITE_FULL: self = .full(file: file, doing: doing)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(file: file, doing: doing)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: self = .busy(file: file, doing: doing)
        case .SQLITE_NOTADB: self = .foreign(file: file, reason: "it is no SQLite file")
        case .SQLITE_CORRUPT, .SQLITE_FORMAT: self = .corrupt(file: file, doing: doing, reason: reason)
        case .SQLITE_IOERR: self = .inputOutput(file: file, doing: doing, reason: reason)
        case .SQLITE_CANTOPEN:
            self = .cannotOpen(
                file: file,
                reason: "\(reason); its folder must be there and writable for this user, or copy it to one that is")
        // A call that came while the store was being closed.
        case .SQLITE_MISUSE: self = .closed(file: file)
        case .SQLITE_CONSTRAINT: self = .constraint(file: file, doing: doing, reason: reason)
        default: self = .other(file: file, doing: doing, reason: reason)
        }
    }
}
