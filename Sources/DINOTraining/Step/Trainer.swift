public import Tensors

/// What one step measured.
public struct StepMeasures: Sendable, Equatable, Codable {
    /// The step's number in the whole run, from 0.
    public var step: Int
    /// The loss.
    public var loss: Double
    /// The mean entropy of the teacher's answers in nats, ln K at most.
    public var teacherEntropy: Double
    /// The mean divergence of the student's answers from the teacher's: loss - entropy.
    public var kl: Double
    /// The largest norm of a tensor's gradient before clipping.
    public var gradientNorm: Double
}

/// Self-distillation without labels (arXiv:2104.14294): a student learns to answer for every view of an image as its
/// teacher, the running mean of itself, answers for the global views.
///
/// Not for use from two threads at once. Memory: `TrainingMemory` says what of.
public final class Trainer {
    /// The recipe.
    public let recipe: Recipe
    /// The step that comes next, from 0.
    public internal(set) var step = 0
    /// How often each tensor was updated, in the order of the layout.
    package internal(set) var updates: [Int]
    let compute: Compute
    let student, teacher: Network
    let optimizer: Optimizer
    let loss: DINOLoss

    private let gradients: ParameterBlock
    private let studentHead, teacherHead: Head
    private let studentActivations: Activations
    let teacherActivations: Activations
    private let backpropagation: Backpropagation
    private let dLastWeight: Matrix
    private let dcls: Matrix
    private let lastLayer: Set<Int>

    /// A student with the reference's initial weights, and a teacher that is its copy.
    ///
    /// - Parameter precision: the arithmetic of the products of both networks, the last layer's excepted. Weights, norms,
    ///   softmax, loss and optimiser are in float32 always.
    /// - Throws: `TrainingError.recipe` for a recipe that contradicts itself or asks for more memory than the machine has,
    ///   before any of it is taken; `.precision` for arithmetic that the processor lacks.
    public init(_ recipe: Recipe, precision: Precision = .fp32, on compute: Compute) throws(TrainingError) {
        try recipe.check()
        try TrainingMemory(recipe).check()
        guard compute.supports(precision) else { throw .precision(precision) }
        self.recipe = recipe
        self.compute = compute
        student = Network(recipe, isStudent: true, precision: precision, on: compute)
        teacher = Network(recipe, isStudent: false, precision: precision, on: compute)
        let layout = student.parameters.layout
        gradients = ParameterBlock(layout)
        optimizer = Optimizer(recipe, layout: layout, on: compute)
        loss = DINOLoss(recipe, on: compute)
        studentHead = Head(student, on: compute)
        teacherHead = Head(teacher, on: compute)
        studentActivations = Activations(recipe, kept: true)
        teacherActivations = Activations(recipe, kept: false)
        backpropagation = Backpropagation(recipe, threads: compute.threads)
        dLastWeight = Matrix(columns: recipe.head.bottleneck)
        dLastWeight.resize(rows: recipe.head.outDim)
        dcls = Matrix(columns: recipe.network.embedDim)
        updates = layout.entries.map { _ in 0 }
        lastLayer = Set(layout.entries.indices.filter { layout.entries[$0].name.contains("last_layer") })
        student.initialize(seed: recipe.seed)
        teacher.parameters.copy(student.parameters)
        refresh()
    }

    /// Brings what the networks derive from their parameters up to date.
    package func refresh() {
        student.refresh(on: compute)
        teacher.refresh(on: compute)
    }

    /// One iteration of `main_dino.py`: the loss with the centre as it is, the centre, backward, clipping, the
    /// optimiser, the teacher.
    ///
    /// - Throws: `TrainingError.notFinite`, with nothing changed; `.crops` for crops that do not fit.
    public func step(_ batch: CropBatch, _ rates: Rates) throws(TrainingError) -> StepMeasures {
        let (measures, norms) = try differentiated(batch, teacherTemp: rates.teacherTemp)
        apply(norms: norms, rates)
        step += 1
        return measures
    }

    /// The loss and the gradients of a batch, and the new centre.
    package func differentiate(_ batch: CropBatch, teacherTemp: Double) throws(TrainingError) -> StepMeasures {
        try differentiated(batch, teacherTemp: teacherTemp).measures
    }

    private func differentiated(
        _ batch: CropBatch, teacherTemp: Double
    ) throws(TrainingError) -> (measures: StepMeasures, norms: [Double]) {
        try check(batch)
        let locals = batch.groups.count > 1 ? batch.groups[1].views : 0
        let answers = Backbone(
            network: teacher, compute: compute, sequences: sequences(batch.groups[0], batch.images),
            activations: teacherActivations, dropPath: nil)
        answers.forward(batch.groups[0].pixels)
        teacherHead.forward(teacherActivations.cls)
        let entropies = loss.prepareTargets(teacherHead.logits, temperature: teacherTemp)

        gradients.zero(on: compute)
        compute.forEachPart(of: dLastWeight.rows, 256) { [compute, dLastWeight] in compute.zero(dLastWeight.rows($0)) }
        var total = 0.0
        for (index, group) in batch.groups.enumerated() where group.views > 0 {
            total += backward(group, index: index, images: batch.images, locals: locals)
        }
        lastLayerBackward()
        let norms = optimizer.norms(gradients)
        guard total.isFinite, norms.allSatisfy(\.isFinite) else { throw .notFinite(step: step, loss: total) }
        // After that: a centre that is no number would never be one again.
        loss.updateCenter(teacherHead.logits)
        let entropy = (entropies[0] + entropies[1]) / 2
        let measures = StepMeasures(
            step: step, loss: total, teacherEntropy: entropy, kl: total - entropy, gradientNorm: norms.max() ?? 0)
        return (measures, norms)
    }

    /// The student's forward and backward pass over the crops of one resolution; returns their part of the loss.
    private func backward(_ group: CropGroup, index: Int, images: Int, locals: Int) -> Double {
        let sequences = sequences(group, images)
        let backbone = Backbone(
            network: student, compute: compute, sequences: sequences, activations: studentActivations,
            dropPath: dropPath(index, sequences.images))
        backbone.forward(group.pixels)
        studentHead.forward(studentActivations.cls)
        let part = loss.backward(studentHead.logits, globals: index == 0, locals: locals)
        studentHead.backward(
            studentActivations.cls, into: dcls, gradients: gradients, dLastWeight: dLastWeight)
        backbone.backward(dcls: dcls.allRows, into: gradients, backpropagation)
        return part
    }

    func dropPath(_ group: Int, _ images: Int) -> DropPath? {
        guard recipe.dropPathRate > 0 else { return nil }
        var generator = CounterGenerator(seed: recipe.seed, epoch: step, image: group, crop: .max, step: 0)
        return DropPath(rate: recipe.dropPathRate, depth: recipe.network.depth, images: images) {
            generator.uniform()
        }
    }

    private func lastLayerBackward() {
        let v = student.head.weightV, g = student.head.weightG
        let dv = gradients.rows("head.last_layer.weight_v"), dg = gradients.rows("head.last_layer.weight_g")
        let gains = !recipe.head.normLastLayer
        compute.forEachPart(of: v.count, 256) { [compute, dLastWeight] rows in
            compute.weightNormBackward(
                v[rows], gains: g[rows], dw: dLastWeight.rows(rows), into: dv[rows], dGains: gains ? dg[rows] : nil)
        }
    }

    /// Clips, moves the student, and lets the teacher follow.
    private func apply(norms: [Double], _ rates: Rates) {
        let entries = student.parameters.layout.entries
        var steps = updates
        for index in entries.indices {
            let isGain = entries[index].name.hasSuffix("weight_g") && recipe.head.normLastLayer
            let isFrozen = isGain || (rates.lastLayerFrozen && lastLayer.contains(index))
            if !isFrozen { updates[index] += 1 }
            steps[index] = isFrozen ? 0 : updates[index]
        }
        optimizer.update(student.parameters, gradients, norms: norms, rates: rates, steps: steps)
        compute.forEachPart(of: student.parameters.layout.count, 1 << 15) { [compute, teacher, student] range in
            compute.average(teacher.parameters, student.parameters, range, momentum: rates.momentum)
        }
        refresh()
    }

    private func sequences(_ group: CropGroup, _ images: Int) -> Sequences {
        Sequences(images: group.views * images, grid: group.size / recipe.network.patchSize)
    }

    private func check(_ batch: CropBatch) throws(TrainingError) {
        guard let globals = batch.groups.first, globals.views == 2, batch.groups.count <= 2 else {
            throw .crops("a batch has two global crops of an image, then perhaps local ones")
        }
        guard batch.images > 0 else {
            throw .crops("a batch of \(batch.images) images has nothing to learn from: expected 1 at least")
        }
        for group in batch.groups {
            guard group.views >= 0 else {
                throw .crops("a batch has \(group.views) crops of an image, expected 0 or more")
            }
            guard group.size > 0, group.size % recipe.network.patchSize == 0 else {
                throw .crops(
                    "crops of \(group.size) px do not divide into patches of \(recipe.network.patchSize) px: choose a "
                        + "multiple")
            }
            let shape = [group.views * batch.images, 3, group.size, group.size]
            guard group.pixels.shape == shape else {
                throw .crops("crops have shape \(group.pixels.shape), expected \(shape)")
            }
        }
    }

    /// The centre (1, K).
    package var center: Tensor { Tensor(shape: [1, recipe.head.outDim], scalars: loss.center.copy(rows: 0..<1)) }

    /// The last step's gradient of one tensor, before clipping.
    package func gradient(_ entry: ParameterLayout.Entry) -> Tensor { gradients.tensor(entry) }
}
