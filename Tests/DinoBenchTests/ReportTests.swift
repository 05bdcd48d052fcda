import Testing
import dino_bench

@Suite struct ReportTests {
    private static let document = """
        # Speed

        By hand.

        <!-- bench:embed -->
        old
        <!-- /bench:embed -->

        By hand too.

        """

    @Test func replacesItsOwnPartAlone() throws {
        var report = Report("embed")
        report.add("One round.")
        report.add(MarkdownTable(["ms", "batch 1"], rows: [["fp32", "20.1"]]))
        let text = try report.replacing(in: Self.document)
        #expect(
            text == """
                # Speed

                By hand.

                <!-- bench:embed -->

                One round.

                | ms | batch 1 |
                | --- | ---: |
                | fp32 | 20.1 |

                <!-- /bench:embed -->

                By hand too.

                """)
        #expect(try report.replacing(in: text) == text)
    }

    @Test func goesToTheEndWhereItHasNoPlace() throws {
        let text = try Report("serve").replacing(in: Self.document)
        #expect(text == Self.document + "\n<!-- bench:serve -->\n\n<!-- /bench:serve -->\n")
    }

    @Test(arguments: [
        "<!-- bench:embed -->", "<!-- /bench:embed -->", "<!-- /bench:embed --> <!-- bench:embed -->",
        "<!-- bench:embed --><!-- bench:embed --><!-- /bench:embed -->",
    ])
    func refusesAnUnclearPlace(_ document: String) {
        #expect(throws: (any Error).self) { try Report("embed").replacing(in: document) }
    }

    @Test func namesTheCommandWithoutThePathsOfThisMachine() {
        let arguments = ["embed", "--peers", "/home/me/bin/python", "--report", "--rounds", "5"]
        #expect(Report.command(arguments) == "scripts/bench embed --peers PYTHON --rounds 5")
    }
}
