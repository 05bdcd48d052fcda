import FeatureSearch
import Tensors
import Testing

@Suite struct IndexContentsTests {
    private let index: VectorIndex
    init() throws {
        index = VectorIndex(dimensions: 3, compute: try Compute(threads: 1), segmentRows: 4)
        for id in [1, 2, 9, 3, 4, 5] as [Int64] { try index.insert(id: id, label: Int32(id * 10), vector: [1, 0, 0]) }
    }

    @Test func listsWhatIsThereByAscendingIDs() throws {
        index.remove(2)
        index.setLabel(7, of: 9)
        #expect(index.contents.ids == [1, 3, 4, 5, 9])
        #expect(index.contents.labels == [10, 30, 40, 50, 7])
        #expect(index.contents.version == index.version)
    }

    @Test func everyChangeGivesAnotherVersion() throws {
        var versions = [index.version]
        try index.insert(id: 20, label: 0, vector: [0, 1, 0])
        versions.append(index.version)
        index.remove(20)
        versions.append(index.version)
        index.setLabel(1, of: 1)
        versions.append(index.version)
        #expect(Set(versions).count == 4)
        #expect(versions[3].hasVectors(of: versions[2]))
        #expect(!versions[2].hasVectors(of: versions[1]))
        #expect(Set(versions.map(\.description)).count == 4)
    }

    @Test func whatChangesNothingKeepsTheVersion() {
        let version = index.version
        index.remove(77)
        index.setLabel(10, of: 1)
        index.setLabel(10, of: 77)
        #expect(index.version == version)
    }

    @Test func noTwoIndexesShareAVersion() throws {
        let compute = try Compute(threads: 1)
        let versions = (0..<2).map { _ in VectorIndex(dimensions: 3, compute: compute).version }
        #expect(versions[0] != versions[1])
        #expect(!versions[0].hasVectors(of: versions[1]))
    }
}
