package import Tensors

/// What the tests of the trainer look at and overwrite, beyond a step's measures.
extension Trainer {
    /// The student's parameters; after writing to them, call `refresh`.
    package var studentParameters: ParameterBlock { student.parameters }

    /// The teacher's parameters; after writing to them, call `refresh`.
    package var teacherParameters: ParameterBlock { teacher.parameters }

    /// Whether the optimiser keeps second moments.
    package var hasSecondMoments: Bool { optimizer.second != nil }

    /// What the next step multiplies residual branches by (2·depth, images), for the images of a group of crops; nil
    /// where no paths are dropped.
    package func dropPathFactors(group: Int, images: Int) -> [Float]? { dropPath(group, images)?.factors }
}
