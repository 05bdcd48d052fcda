import Foundation

/// The outcome of an ablation as a table and as one figure.
public struct AblationReport: Sendable {
    private let courses: [Ablation.Course]
    private let prototypes: Int

    /// The report of some courses with K prototypes.
    public init(_ courses: [Ablation.Course], prototypes: Int) {
        self.courses = courses
        self.prototypes = prototypes
    }

    /// A table in Markdown: what is claimed of each training, and what it came to.
    public var table: String {
        let lnK = log(Double(prototypes))
        func number(_ value: Double) -> String { String(format: "%.3f", value) }
        let rows = courses.map { course in
            let outcome = course.outcome
            return [
                outcome.variant.title, outcome.variant.claim, number(outcome.entropy), number(outcome.entropy / lnK),
                number(outcome.kl), outcome.knn.map { String(format: "%.1f", $0) } ?? "",
                outcome.holds.map { $0 ? "yes" : "no" } ?? "cannot tell",
            ]
        }
        let head = ["training", "claimed", "entropy, nats", "entropy / ln K", "KL, nats", "k-NN, %", "holds"]
        return ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
            .joined(separator: "\n") + "\n"
    }

    /// The figure: entropy on the left, divergence on the right, both against the steps (SVG).
    public var figure: String {
        let entropy = plot(
            "Entropy of the teacher's answers", "entropy", references: [.init("ln K", log(Double(prototypes)))],
            \.teacherEntropy)
        let divergence = plot("Divergence of the student from the teacher", "KL", references: [], \.kl)
        return LinePlot.sideBySide([entropy, divergence])
    }

    private func plot(
        _ title: String, _ axis: String, references: [LinePlot.Reference], _ value: KeyPath<StepMeasures, Double>
    ) -> LinePlot {
        LinePlot(
            title: title, x: .init("steps"), y: .init(axis, unit: "nats"),
            series: courses.map { course in
                .init(
                    course.variant.label,
                    LinePlot.thinned(
                        course.measures.map { (x: Double($0.step), y: $0[keyPath: value]) },
                        cell: Double(course.measures.count) / 150))
            }, references: references)
    }
}
