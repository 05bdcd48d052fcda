import COpenBLAS

/// Matrix products by OpenBLAS, for work that happens rarely: the inner loops use the kernels of `Compute`.
public enum BLAS {
    /// Its threads would compete with those of `Compute`.
    static let useOneThread: Void = openblas_set_num_threads(1)

    /// C (M, N) = A (M, K) · B (K, N).
    ///
    /// - Precondition: both have two dimensions, and K agrees.
    public static func product(_ a: Tensor, _ b: Tensor) -> Tensor {
        precondition(a.shape.count == 2 && b.shape.count == 2 && a.shape[1] == b.shape[0], "shapes of a product")
        let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
        Self.useOneThread
        let scalars = [Float](unsafeUninitializedCapacity: m * n) { c, count in
            c.initialize(repeating: 0)
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a.scalars, Int32(k),
                b.scalars, Int32(n), 0, c.baseAddress, Int32(n))
            count = m * n
        }
        return Tensor(shape: [m, n], scalars: scalars)
    }
}
