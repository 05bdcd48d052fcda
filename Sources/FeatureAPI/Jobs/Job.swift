import Foundation

/// Work on the whole collection that takes longer than a request may.
package struct Job: Sendable {
    /// What a job does.
    package enum Work: Sendable, Equatable {
        /// Embeds what is stored under the loaded model, then has searches answered from that.
        case reindex
        /// Has searches answered from the features of a model that is named by its fingerprint.
        case activate(fingerprint: String)
        /// Deletes the features of a model, and gives their space back.
        case drop(fingerprint: String)
        /// Lays out the images that searches find as a map by neighbours.
        case map

        /// The name in requests and answers.
        package var kind: String {
            switch self {
            case .reindex: "reindex"
            case .activate: "activate"
            case .drop: "drop"
            case .map: "map"
            }
        }

        /// The model, where the request named one.
        var fingerprint: String? {
            switch self {
            case .reindex, .map: nil
            case .activate(let fingerprint), .drop(let fingerprint): fingerprint
            }
        }
    }

    /// How far a job has come.
    package enum Progress: Sendable, Equatable {
        /// Of a re-embedding.
        case reindex(ReindexProgress)
        /// Of the layout of a map.
        case map(MapProgress)
    }

    /// How a job stands.
    package enum State: String, Sendable {
        case running
        /// It was told to stop, and does after what it is on.
        case cancelling
        case succeeded
        case failed
        case cancelled

        /// Whether it goes on.
        package var isUnderWay: Bool { self == .running || self == .cancelling }
    }

    /// The number of it, from 1 on since the server started.
    package let id: Int
    package let work: Work
    package var state = State.running
    /// Seconds since 1970: when it began and ended.
    package let startedAt: Double
    package var finishedAt: Double?
    /// How far a job that takes long has come.
    package var progress: Progress?
    /// Why it failed.
    package var error: FeatureAPIError?

    init(id: Int, work: Work) {
        (self.id, self.work, startedAt) = (id, work, Date().timeIntervalSince1970)
    }
}

extension Job.Work {
    /// The job in `{"kind": "reindex" | "map"}` or `{"kind": "activate" | "drop", "fingerprint": "…"}`.
    package init(json text: [UInt8]) throws(FeatureAPIError) {
        guard case .object(let members) = try JSONParser.parse(text) else {
            throw FeatureAPIError(.malformedBody, "The body has to be a JSON object, {\"kind\": \"reindex\"} for one.")
        }
        var kind: String?, fingerprint: String?
        for (name, value) in members {
            guard name == "kind" || name == "fingerprint" else {
                throw FeatureAPIError(.unknownOption, "A job has a \"kind\" and a \"fingerprint\", and no \"\(name)\".")
            }
            guard let text = value.text else {
                throw FeatureAPIError(.invalidOption, "The member \"\(name)\" takes a string, not \(value.kind).")
            }
            if name == "kind" { kind = text } else { fingerprint = text }
        }
        switch (kind, fingerprint) {
        case ("reindex", nil): self = .reindex
        case ("map", nil): self = .map
        case ("activate", let fingerprint?): self = .activate(fingerprint: fingerprint)
        case ("drop", let fingerprint?): self = .drop(fingerprint: fingerprint)
        case ("reindex", _?):
            throw FeatureAPIError(
                .invalidOption, "A job \"reindex\" takes no \"fingerprint\": it embeds with the model that is loaded.")
        case ("map", _?):
            throw FeatureAPIError(
                .invalidOption,
                "A job \"map\" takes no \"fingerprint\": it lays out the features that searches are answered from.")
        case ("activate", nil), ("drop", nil):
            throw FeatureAPIError(
                .invalidOption, "This job needs the \"fingerprint\" of a generation; GET /v1/generations lists them.")
        default:
            throw FeatureAPIError(
                .invalidOption, "The member \"kind\" takes \"reindex\", \"activate\", \"drop\" or \"map\".")
        }
    }
}
