import COpenBLAS

extension BLAS {
    /// S (D, D) += Xᵀ·X for rows X (n, D), in double precision; of S the upper triangle alone is meant.
    ///
    /// Centred rows give the scatter, which is the covariance times one less than their number. Cost: n·D² operations
    /// on the caller's thread.
    /// - Precondition: `rows` are whole, and `scatter` has D² entries.
    public static func addScatter(of rows: [Double], columns: Int, to scatter: inout [Double]) {
        precondition(columns > 0 && rows.count.isMultiple(of: columns), "\(rows.count) numbers in rows of \(columns)")
        precondition(scatter.count == columns * columns, "a scatter of \(columns) columns")
        guard !rows.isEmpty else { return }
        Self.useOneThread
        let (width, count) = (Int32(columns), Int32(rows.count / columns))
        cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, width, count, 1, rows, width, 1, &scatter, width)
    }
}
