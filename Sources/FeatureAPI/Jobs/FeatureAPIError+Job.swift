import FeatureSearch
import FeatureStorage

extension FeatureAPIError {
    /// Why a job failed, as its answer says it; what nobody foresaw is for the log.
    init(ofJob error: any Error) {
        switch error {
        case let error as FeatureAPIError: self = error
        case let error as StorageError: self.init(error)
        case let error as SearchError: self.init(error)
        case let error as ReindexError: self.init(.reembeddingFailed, error.description)
        default:
            self.init(.jobFailed, "The job met an error that it has no words for; the server's log has it.")
            logEntry = "\(error)"
        }
    }
}
