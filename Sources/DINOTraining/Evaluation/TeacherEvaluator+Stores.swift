public import Tensors

extension TeacherEvaluator {
    /// The evaluation of images in one store by their nearest in another, by 20 neighbours at `side` pixels.
    ///
    /// - Parameters:
    ///   - from: where each store's photographs lie, for errors.
    ///   - limit: the most images of each store, evenly spread; nil takes all.
    /// - Throws: `EvaluationError.noLabels` for photographs without classes, `.unknownClass` for one that the bank has not.
    public init(
        bank: ImageStore, from bankSource: String, queries: ImageStore, from querySource: String, side: Int,
        limit: Int?,
        on compute: Compute
    ) throws(EvaluationError) {
        for (store, source) in [(bank, bankSource), (queries, querySource)] where store.classes.isEmpty {
            throw .noLabels(folder: source)
        }
        let places = Dictionary(uniqueKeysWithValues: bank.classes.enumerated().map { ($1, $0) })
        var labels: [Int] = []
        for name in queries.classes {
            guard let place = places[name] else {
                throw .unknownClass(folder: querySource, name: name, known: bank.classes)
            }
            labels.append(place)
        }
        func pictures(_ store: ImageStore, _ label: (Int) -> Int) -> Pictures {
            let chosen = (0..<store.count).filter { store.label($0) != nil }
            return Pictures(labels: chosen.compactMap { store.label($0).map(label) }, limit: limit) {
                store.image(chosen[$0])
            }
        }
        try self.init(
            bank: pictures(bank) { $0 }, queries: pictures(queries) { labels[$0] }, classes: bank.classes, side: side,
            on: compute)
    }
}
