import Foundation
import Testing

extension PageTests {
    /// Work that takes long, and what the model is.
    @Suite struct JobTests {
        @Test func aJobIsSeenToItsEnd() async throws {
            let page = try await Page.open(.jobs)
            let before = try await page.count("#jobs li[data-job]")
            try await page.browser.click("#reindex")
            try await page.browser.wait(
                "the job is listed",
                until: "return document.querySelectorAll('#jobs li[data-job]').length > arguments[0];",
                .number(Double(before)))
            let job = try await page.server.json("/v1/jobs")["data"][0]["id"]
            try await page.browser.wait(
                "the job is shown as done",
                until: """
                    const item = document.querySelector(`#jobs li[data-job="${arguments[0]}"]`);
                    return item?.textContent.includes("succeeded") && item.querySelector("progress").position === 1;
                    """, job)
            #expect(try await page.server.json("/v1/jobs/\(job)")["status"] == "succeeded")
        }

        @Test func theModelIsDescribed() async throws {
            let page = try await Page.open(.model)
            let models = try await page.server.json("/v1/models")["data"]
            let fingerprint = try #require(models[0]["fingerprint"].text)
            let shown = try await page.browser.wait(
                "the fingerprint is shown",
                until:
                    """
                    const model = document.querySelector("#model");
                    const isThere = [...model.querySelectorAll("code")].some(({ title }) => title === arguments[0]);
                    return isThere && model.textContent;
                    """,
                .string(fingerprint))
            let name = try #require(models[0]["id"].text)
            #expect(shown.text?.contains(name) == true)
        }
    }
}
