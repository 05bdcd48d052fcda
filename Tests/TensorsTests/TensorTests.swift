import Tensors
import Testing

@Suite struct TensorTests {
    @Test func zerosFillTheShape() {
        let tensor = Tensor(zeros: [2, 3])
        #expect(tensor.count == 6)
        #expect(tensor.scalars.allSatisfy { $0 == 0 })
    }
}
