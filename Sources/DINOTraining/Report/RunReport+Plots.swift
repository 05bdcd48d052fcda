import Foundation

extension RunReport {
    /// The run's curves over the images seen.
    var plots: [LinePlot] {
        let entropy = log(Double(recipe.head.outDim))
        let ceiling = LinePlot.Reference("ln K = " + String(format: "%.2f", entropy), entropy)
        return [
            plot("Loss", .init("cross-entropy", unit: "nats"), [("loss", \.loss)], [ceiling]),
            plot(
                "Entropy of the teacher's answers", .init("entropy", unit: "nats"), [("entropy", \.teacherEntropy)],
                [ceiling]),
            plot("Divergence of the student from the teacher", .init("KL", unit: "nats"), [("KL", \.kl)]),
            accuracy,
            plot("Learning rate", .init("lr"), [("lr", \.learningRate)]),
            plot("Weight decay", .init("weight decay"), [("weight decay", \.weightDecay)]),
            plot("Momentum of the teacher", .init("momentum"), [("momentum", \.momentum)]),
            plot("Norm of the largest gradient", .init("norm", scale: .logarithmic), [("norm", \.gradientNorm)]),
            plot("Speed", .init("images per second"), [("images/s", \.imagesPerSecond)]),
            plot("Waiting for crops", .init("share of the time", unit: "%"), [("wait", \.dataWait)], factor: 100),
        ].compactMap { $0 }
    }

    private static var images: LinePlot.Axis { .init("images seen") }

    private func plot(
        _ title: String, _ y: LinePlot.Axis, _ series: [(name: String, value: KeyPath<LogLine.Steps, Double>)],
        _ references: [LinePlot.Reference] = [], factor: Double = 1
    ) -> LinePlot? {
        let curves = series.map { name, value in
            LinePlot.Series(
                name, lines.compactMap { line in line.steps.map { (Double(line.images), factor * $0[keyPath: value]) } }
            )
        }
        guard curves.contains(where: { !$0.points.isEmpty }) else { return nil }
        return LinePlot(title: title, x: Self.images, y: y, series: curves, references: references)
    }

    private var accuracy: LinePlot? {
        let points = record.evaluations.map { (Double($0.images), 100 * $0.knn) }
        guard !points.isEmpty else { return nil }
        return LinePlot(
            title: "Nearest neighbours by the teacher's features", x: Self.images,
            y: .init("right answers, k = 20", unit: "%"), series: [.init("k-NN", points)])
    }

    /// The page's own style.
    static let css = """
        :root{--ink:#1f2328;--soft:#59636e;--paper:#f6f8fa;--card:#fff;--line:#d8dee4;--accent:#1f6feb;
        --good:#12805c;--pause:#9a6700;--bad:#c2255c}
        @media (prefers-color-scheme:dark){
        :root{--ink:#e6edf3;--soft:#9aa4af;--paper:#0a0d12;--card:#0f141a;--line:#2b323b;--accent:#6cb0ff;
        --good:#4fd1a1;--pause:#e8c15a;--bad:#ff8fb3}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:1360px;padding:28px 24px 48px;background:var(--paper);color:var(--ink);
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        h1{font-size:24px;margin:0;display:flex;flex-wrap:wrap;gap:12px;align-items:center}
        h2{font-size:18px;margin:32px 0 10px}
        header p{margin:4px 0 12px;color:var(--soft)}
        .state{font-size:13px;font-weight:600;padding:2px 10px;border-radius:999px;border:1px solid currentColor}
        .going{color:var(--accent)}.done{color:var(--good)}.paused{color:var(--pause)}.failed{color:var(--bad)}
        .bar{height:6px;border-radius:3px;background:var(--line);overflow:hidden}
        .bar div{height:100%;background:var(--accent)}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(136px,1fr));gap:12px;margin:20px 0}
        .figures div,figure,table{background:var(--card);border:1px solid var(--line);border-radius:10px}
        .figures div{padding:10px 14px}
        dt{font-size:13px;color:var(--soft)}
        dd{margin:0;font-size:20px;font-weight:600;font-variant-numeric:tabular-nums}
        .warnings{margin:0 0 20px;padding:12px 16px 12px 34px;border:1px solid var(--bad);border-radius:10px;color:var(--bad)}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:16px}
        figure{margin:0;padding:8px}
        figure svg{display:block;width:100%;height:auto}
        table{border-collapse:separate;border-spacing:0;width:100%;overflow:hidden}
        th,td{text-align:left;padding:7px 14px;border-bottom:1px solid var(--line);vertical-align:top}
        th{font-weight:500;color:var(--soft);white-space:nowrap;width:1%}
        tr:last-child th,tr:last-child td{border-bottom:0}
        """
}
