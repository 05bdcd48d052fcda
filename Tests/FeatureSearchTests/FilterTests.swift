import FeatureSearch
import Tensors
import TestSupport
import Testing

@Suite struct FilterTests {
    private let index: VectorIndex
    private let vectors = Vectors()
    private let asked: [[Float]]

    init() throws {
        index = VectorIndex(dimensions: 20, compute: try Compute(threads: 2), segmentRows: 96)
        var generator = SeededGenerator(seed: 4)
        // Not in the order of their ids, as images that are stored at the same time come.
        for id in (1...900).shuffled(using: &generator) {
            let label: Int32 = id % 100 == 0 ? 7 : Int32(id % 3)
            let row = Vectors.Row(label: label, vector: Kind.random.vector(20, &generator))
            try index.insert(Int64(id), row, with: vectors)
        }
        asked = (0..<3).map { _ in Kind.random.vector(20, &generator) }
    }

    static let labels: [RowFilter.Labels] = [
        .any, .labelled, .unlabelled, .oneOf([]), .oneOf([7]), .oneOf([1, 7]), .oneOf([42]), .oneOf([0]),
    ]
    static let ids: [[Int64]?] = [
        nil, [], [1], [900], [0, 901, 5000], Array(1...900), Array(stride(from: 100, through: 900, by: 100)),
        Array(-5...450), [3, 4, 5, 6, 899],
    ]

    @Test(arguments: labels, ids)
    func findsOnlyWhatPassesBothConditions(_ labels: RowFilter.Labels, _ ids: [Int64]?) throws {
        let filter = RowFilter(labels: labels, ids: ids)
        for k in [3, 1000] {
            let answer = try index.search(asked, k: k, filter: filter, source: vectors)
            #expect(answer.hits == asked.map { vectors.search($0, k: k, filter: filter) })
        }
    }

    @Test func aNewLabelCountsAtOnce() throws {
        index.setLabel(99, of: 17)
        vectors[17]?.label = 99
        let filter = RowFilter(labels: .oneOf([99]))
        let answer = try index.search(asked, k: 5, filter: filter, source: vectors)
        #expect(answer.hits.map { $0.map(\.id) } == [[17], [17], [17]])
        #expect(answer.labels == [[99], [99], [99]])
        #expect(index.label(of: 17) == 99)
        index.setLabel(5, of: 12_345)
        #expect(index.label(of: 12_345) == nil)
    }

    @Test func theRemovedPassNoFilter() throws {
        for id in stride(from: Int64(2), through: 900, by: 2) {
            index.remove(id)
            vectors[id] = nil
        }
        for filter in [RowFilter(), RowFilter(labels: .labelled), RowFilter(ids: Array(1...900))] {
            let answer = try index.search(asked, k: 1000, filter: filter, source: vectors)
            #expect(answer.hits == asked.map { vectors.search($0, k: 1000, filter: filter) })
        }
    }
}
