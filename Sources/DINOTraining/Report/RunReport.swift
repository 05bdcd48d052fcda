import Foundation

/// A run told on one page without scripts or anything from elsewhere: how far it is, its curves, its recipe.
package struct RunReport {
    let recipe: Recipe
    let record: RunRecord
    /// The share of the run that is done, 0 to 1.
    let progress: Double
    let lines: [LogLine]
    /// How the run ended; nil while it goes on.
    let ending: RunEnding?
    /// What it failed of, if it did.
    let failure: TrainingError?

    /// The page of a run's recipe, record and log.
    package init(
        recipe: Recipe, record: RunRecord, progress: Double, lines: [LogLine], ending: RunEnding?,
        failure: TrainingError? = nil
    ) {
        (self.recipe, self.record, self.progress) = (recipe, record, progress)
        (self.lines, self.ending, self.failure) = (lines, ending, failure)
    }

    /// The page. It asks to be loaded again each minute while the run goes on.
    package var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        \(ending == nil && failure == nil ? "<meta http-equiv=\"refresh\" content=\"60\">" : "")
        <title>dino-train: \(escaped(name))</title>
        <style>
        \(Self.css)
        \(PlotStyle.css)
        </style>
        </head>
        <body>
        <header>
        <h1>\(escaped(name)) <span class="state \(state.kind)">\(escaped(state.text))</span></h1>
        <p>Self-distillation without labels on \(escaped(record.dataset.source)), \(record.dataset.images.grouped) photographs</p>
        <div class="bar"><div style="width:\(String(format: "%.2f", 100 * progress))%"></div></div>
        </header>
        \(figures)
        \(warnings)
        <section class="plots">
        \(plots.map { "<figure>\($0.svg())</figure>" }.joined(separator: "\n"))
        </section>
        \(recipeTable)
        </body>
        </html>

        """
    }

    private var name: String {
        "ViT \(recipe.network.embedDim)×\(recipe.network.depth), patch \(recipe.network.patchSize)"
    }

    private var state: (kind: String, text: String) {
        switch ending {
        case nil where failure != nil: ("failed", String(format: "failed at %.1f %%", 100 * progress))
        case nil: ("going", String(format: "going on, %.1f %%", 100 * progress))
        case .finished: ("done", "finished")
        case .stopped: ("paused", String(format: "stopped at %.1f %%", 100 * progress))
        case .collapsed: ("failed", "stopped: collapsed")
        }
    }

    /// The numbers one looks for first.
    private var figures: String {
        let steps = lines.last { $0.steps != nil }?.steps
        var cells = [
            ("images seen", record.images.grouped), ("steps", record.step.grouped),
            ("training time", RunStatus.duration(record.seconds)),
        ]
        if let steps {
            cells.append(("loss in nats", String(format: "%.3f", steps.loss)))
            cells.append(("images per second", String(format: "%.0f", steps.imagesPerSecond)))
            cells.append(("GFLOP/s in \(record.precision.rawValue)", String(format: "%.0f", steps.gflops)))
            cells.append(("waiting for crops", String(format: "%.1f %%", 100 * steps.dataWait)))
        }
        if let last = record.evaluations.last {
            cells.append(("teacher's k-NN", String(format: "%.1f %%", 100 * last.knn)))
        }
        let html = cells.map { "<div><dt>\($0.0)</dt><dd>\(escaped($0.1))</dd></div>" }.joined(separator: "\n")
        return "<dl class=\"figures\">\n\(html)\n</dl>"
    }

    private var warnings: String {
        var found = lines.compactMap { line in line.warning.map { (line.step, $0) } }
        if let failure { found.append((record.step, failure.description)) }
        guard !found.isEmpty else { return "" }
        let items = found.map { "<li>Step \($0.0.grouped): \(escaped($0.1)).</li>" }.joined(separator: "\n")
        return "<ul class=\"warnings\">\n\(items)\n</ul>"
    }

    private var recipeTable: String {
        let rows = RecipeSummary.rows(recipe).map {
            "<tr><th scope=\"row\">\(escaped($0.name))</th><td>\(escaped($0.value))</td></tr>"
        }
        return """
            <section><h2>Recipe</h2>
            <table>\(rows.joined(separator: "\n"))</table></section>
            """
    }

    private func escaped(_ text: String) -> String { LinePlot.escaped(text) }
}

extension Int {
    /// The number in groups of three digits: 1,234,567.
    var grouped: String {
        var text = "", digits = String(magnitude)[...]
        while digits.count > 3 {
            text = "," + digits.suffix(3) + text
            digits = digits.dropLast(3)
        }
        return (self < 0 ? "−" : "") + digits + text
    }
}
