import FeatureSearch
import FeatureStorage

extension FeatureAPIError {
    /// The client's view of a store that did not do what was asked. Where the fault is the machine's, the sentence names
    /// neither file nor cause; those are for the log.
    init(_ error: StorageError) {
        switch error {
        case .invalid(let sentence): self.init(.invalidOption, sentence)
        case .keyTaken: self.init(.keyTaken, error.description)
        case .revisionMismatch: self.init(.preconditionFailed, error.description)
        case .unknownGeneration, .incompleteGeneration: self.init(.notEmbedded, error.description)
        case .activeGeneration: self.init(.generationInUse, error.description)
        case .closed: self.init(.stopping, "The server is stopping.", retryAfter: 1)
        default: self.init(ofMachine: error)
        }
    }

    private init(ofMachine error: StorageError) {
        switch error {
        case .full:
            self.init(
                .storageFull,
                "The collection's disk is full. Nothing of this was stored; what was stored before is there.")
        case .readOnly:
            self.init(.storageReadOnly, "The collection can be read but not written now.", retryAfter: 60)
        case .busy:
            self.init(.storageBusy, "Another program has the collection locked; nothing was changed.", retryAfter: 1)
        case .corrupt:
            self.init(
                .storageCorrupted, "The collection's file is damaged here; the server's operator has to look at it.")
        default:
            self.init(.storageFailed, "The collection's file could not be used; the log has the reason.")
        }
        logEntry = error.description
    }
}

extension FeatureAPIError {
    /// The client's view of a query that the index refused.
    init(_ error: SearchError) {
        switch error {
        case .hits, .score: self.init(.invalidOption, error.sentence)
        case .vanished: self.init(.storageBusy, error.sentence, retryAfter: 1)
        case .length, .notFinite, .noDirection, .notUnit: self.init(.invalidVector, error.sentence)
        }
    }
}

extension SearchError {
    fileprivate var sentence: String { description.prefix(1).uppercased() + description.dropFirst() + "." }
}
