import Tensors
import Testing

@Suite struct ParameterBlockTests {
    private let layout = ParameterLayout([("cls", [1, 1, 5]), ("weight", [3, 2, 2, 2]), ("bias", [3])])

    @Test func everyTensorBeginsOnACacheLineBehindTheOneBefore() {
        #expect(layout.entries.map(\.offset) == [0, 16, 48])
        #expect(layout.entries.map(\.count) == [5, 24, 3])
        #expect(layout.count == 64)
        #expect(layout.index(of: "bias") == 2 && layout.index(of: "gamma") == nil)
    }

    @Test func rowsAreTheFirstExtent() {
        let block = ParameterBlock(layout), weight = Tensor.random([3, 2, 2, 2], seed: 1)
        block.write(weight.scalars, to: layout.entries[1])
        let shapes = layout.entries.map { [block.rows($0.name).count, block.rows($0.name).columns] }
        #expect(shapes == [[1, 5], [3, 8], [1, 3]])
        #expect(block.rows("weight").tensor(columns: 8) == weight.reshaped([3, 8]))
        #expect(block.tensor(layout.entries[1]) == weight)
        #expect(block.tensor(layout.entries[0]) == Tensor(zeros: [1, 1, 5]))
    }

    @Test func sumsCopiesAndZerosReachEveryFloat() throws {
        let block = ParameterBlock(layout), copy = ParameterBlock(layout),
            weight = Tensor.random([3, 2, 2, 2], seed: 2)
        block.rows("weight").add(weight)
        block.rows("weight").add(weight)
        #expect(block.tensor(layout.entries[1]).scalars == weight.scalars.map { 2 * $0 })
        copy.copy(block)
        try block.zero(on: Compute(threads: 2))
        #expect(block.tensor(layout.entries[1]).scalars.allSatisfy { $0 == 0 })
        #expect(copy.tensor(layout.entries[1]).scalars == weight.scalars.map { 2 * $0 })
    }

    @Test(arguments: [0, 1, 7, 8, 9, 1000])
    func partsCoverARangeOnce(_ count: Int) throws {
        let block = ParameterBlock(ParameterLayout([("x", [1000])])), rows = block.rows("x")
        try Compute(threads: 3).forEachPart(of: count, 8) { range in
            #expect(range.count <= 8)
            rows.withRow(0) { span in for index in range { span[index] += 1 } }
        }
        #expect(block.tensor(block.layout.entries[0]).scalars == (0..<1000).map { $0 < count ? 1 : 0 })
    }
}
