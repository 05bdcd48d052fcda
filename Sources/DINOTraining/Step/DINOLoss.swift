import Tensors

/// `DINOLoss`: the cross-entropy between the teacher's sharpened, centred answers and the student's, over every pair of
/// different views, and the centre.
///
/// L = 1/n · Σᵢ Σ_{v≠i} mean_b( -Σ_k qᵢ log softmax(z_v/τs) ), n = 2·(2 + locals) - 2. The gradient is closed:
/// dL/dz_v = 1/(n·B·τs) · (m_v·softmax(z_v/τs) - Σ_{i≠v} qᵢ), m_v = 1 for a global view and 2 for a local one.
final class DINOLoss: Sendable {
    private let compute: Compute
    private let recipe: Recipe
    /// The teacher's probabilities for both views (2B, K), and their sum over the views (B, K).
    private let targets, both: Matrix
    /// The running mean of the teacher's logits (1, K).
    let center: Matrix
    private let rowValues: Matrix

    init(_ recipe: Recipe, on compute: Compute) {
        self.compute = compute
        self.recipe = recipe
        targets = Matrix(columns: recipe.head.outDim)
        both = Matrix(columns: recipe.head.outDim)
        center = Matrix(columns: recipe.head.outDim)
        rowValues = Matrix(columns: 1)
        center.resize(rows: 1)
        compute.zero(center.allRows)
    }

    /// Takes the teacher's logits (2B, K) as targets; returns their mean entropy in nats, one value for each view.
    func prepareTargets(_ logits: Matrix, temperature: Double) -> [Double] {
        let rows = logits.rows, images = rows / 2
        targets.resize(rows: rows)
        both.resize(rows: images)
        rowValues.resize(rows: rows)
        compute.forEach(rows) { row, _ in
            let entropy = self.compute.softmax(
                logits.rows(row..<row + 1), center: self.center.allRows, temperature: Float(temperature),
                into: self.targets.rows(row..<row + 1))
            self.rowValues.withRow(row) { $0[0] = entropy }
        }
        compute.forEach(images) { image, _ in
            let sum = self.both.rows(image..<image + 1)
            self.compute.copy(self.targets.rows(image..<image + 1), into: sum)
            self.compute.addColumns(of: self.targets.rows(image + images..<image + images + 1), to: sum)
        }
        let values = rowValues.copy(rows: 0..<rows)
        return [values[..<images], values[images...]].map { $0.reduce(0) { $0 + Double($1) } / Double(images) }
    }

    /// c ← m·c + (1 - m)·mean of the teacher's logits over both views.
    func updateCenter(_ logits: Matrix) {
        guard recipe.centering else { return }
        let mean = Matrix(columns: logits.columns)
        mean.resize(rows: 1)
        compute.zero(mean.allRows)
        compute.forEachPart(of: logits.columns, 512) { columns in
            self.compute.addColumns(of: logits.allRows.columns(columns), to: mean.allRows.columns(columns))
        }
        let momentum = Float(recipe.centerMomentum), share = Float(1 - recipe.centerMomentum) / Float(logits.rows)
        mean.withRow(0) { mean in
            center.withRow(0) { center in
                for k in 0..<center.count { center[k] = center[k] * momentum + mean[k] * share }
            }
        }
    }

    /// The views of a group's part of the loss, whose logits (views · B, K) become their gradient.
    ///
    /// - Parameter globals: whether these are the global views, which do not answer for themselves.
    func backward(_ logits: Matrix, globals: Bool, locals: Int) -> Double {
        let images = both.rows, terms = Double(2 * (2 + locals) - 2)
        let step = Float(1 / (terms * Double(images) * recipe.studentTemp))
        rowValues.resize(rows: logits.rows)
        compute.forEach(logits.rows) { row, _ in
            let view = row / images, image = row % images
            let target =
                globals
                ? self.targets.rows((1 - view) * images + image..<(1 - view) * images + image + 1)
                : self.both.rows(image..<image + 1)
            let value = self.compute.crossEntropy(
                logits.rows(row..<row + 1), target: target, mass: globals ? 1 : 2,
                temperature: Float(self.recipe.studentTemp), step: step)
            self.rowValues.withRow(row) { $0[0] = value }
        }
        let total = rowValues.copy(rows: 0..<logits.rows).reduce(0) { $0 + Double($1) }
        return total / (terms * Double(images))
    }
}
