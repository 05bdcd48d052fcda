/// The colours and letters of plots, on light paper and on dark.
public enum PlotStyle {
    /// The curves' colours: on light paper, on dark; chosen to stay apart for colour-blind eyes.
    static let colors = [
        ("#1f6feb", "#6cb0ff"), ("#d9480f", "#ff9a63"), ("#12805c", "#4fd1a1"), ("#8250df", "#bf9bff"),
        ("#b7791f", "#e8c15a"), ("#c2255c", "#ff8fb3"),
    ]

    /// The style sheet; a page with several plots needs it once.
    public static let css: String = {
        let light = theme(ink: "#1f2328", soft: "#59636e", grid: "#e4e7eb", axis: "#8c959f", paper: "#ffffff") {
            colors[$0].0
        }
        let dark = theme(ink: "#e6edf3", soft: "#9aa4af", grid: "#2b323b", axis: "#6b7683", paper: "#0f141a") {
            colors[$0].1
        }
        return """
            .plot text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-size:12.5px}
            .plot .title{font-size:16px;font-weight:600}
            .plot .tick,.plot .legend,.plot .reference-name{font-size:12px}
            .plot .tick{font-variant-numeric:tabular-nums}
            .plot .end{text-anchor:end}.plot .middle{text-anchor:middle}
            .plot .grid,.plot .axis{stroke-width:1}
            .plot .curve{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
            .plot .reference{stroke-width:1.25;stroke-dasharray:5 4}
            \(light)
            @media (prefers-color-scheme:dark){
            \(dark)
            }
            """
    }()

    private static func theme(
        ink: String, soft: String, grid: String, axis: String, paper: String, color: (Int) -> String
    ) -> String {
        let curves = colors.indices.map { index in
            ".plot .curve.c\(index){stroke:\(color(index))}.plot circle.c\(index){fill:\(color(index))}"
        }
        return """
            .plot .paper{fill:\(paper)}.plot .title,.plot .legend{fill:\(ink)}
            .plot .tick,.plot .caption,.plot .reference-name{fill:\(soft)}
            .plot .grid{stroke:\(grid)}.plot .axis,.plot .reference{stroke:\(axis)}
            \(curves.joined(separator: "\n"))
            """
    }
}
