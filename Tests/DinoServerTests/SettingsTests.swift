import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(1))) struct SettingsTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private func printed(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> (Int32, String) {
        let program = try Program(["serve", "--print-config"] + arguments, environment: environment)
        return (try await program.status(), program.text)
    }

    @Test func aFlagWinsOverTheEnvironmentAndThatOverTheFile() async throws {
        let file = try workspace.write("config.json", #"{"port": 1, "max_batch": 2, "insecure": true, "host": "::1"}"#)
        let environment = ["DINO_PORT": "3", "DINO_MAX_BATCH": "4", "DINO_CONFIG": file]
        let (status, text) = try await printed(["--port", "5"], environment)
        #expect(status == 0)
        #expect(text.contains("port = 5    # --port\n"))
        #expect(text.contains("max_batch = 4    # DINO_MAX_BATCH\n"))
        #expect(text.contains("insecure = true    # \"insecure\" in \(file)\n"))
        #expect(text.contains("host = ::1    # \"host\" in \(file)\n"))
        #expect(text.contains("max_queue = 256    # default\n"))
    }

    @Test func refusesUnknownMembersByName() async throws {
        let file = try workspace.write("config.json", #"{"port": 1, "prot": 2}"#)
        let (status, text) = try await printed(["--config", file])
        #expect(status != 0)
        #expect(text.contains("prot"))
        #expect(text.contains("max_batch"))
    }

    @Test(arguments: [
        #"{"port": [1]}"#, #"{"port": null}"#, "[1]", "{", #"{"port": "x"}"#, #"{"port": 65536}"#,
        #"{"port": 1, "port": 2}"#, #"{"port": 1.5}"#,
    ])
    func refusesAFileWithBadValues(_ json: String) async throws {
        let (status, text) = try await printed(["--config", try workspace.write("config.json", json)])
        #expect(status != 0)
        #expect(text.contains("config.json"))
    }

    @Test(arguments: ["-1", "+1", "", "1.0", "99999999999999999999", "８０"])
    func refusesABadPort(_ port: String) async throws {
        let (status, text) = try await printed([], ["DINO_PORT": port])
        #expect(status != 0)
        #expect(text.contains("DINO_PORT is \"\(port)\""))
    }

    @Test(arguments: ["a b", "a,,b", ",", "http://a", "a/b", "*", "a:80", "::::"])
    func refusesWhatIsNoListOfNames(_ names: String) async throws {
        let program = try Program(
            ["serve", "--model", workspace.model, "--database", "none"], environment: ["DINO_NAMES": names])
        #expect(try await program.status() != 0)
        #expect(program.text.contains("DINO_NAMES is \"\(names)\""))
    }

    @Test func refusesABadValueThatIsNotNeededHere() async throws {
        let (status, text) = try await printed([], ["DINO_INSECURE": "maybe"])
        #expect(status != 0)
        #expect(text.contains("DINO_INSECURE is \"maybe\""))
    }

    @Test func theFlagWithoutAValueDenies() async throws {
        let (status, text) = try await printed(["--no-originals"], ["DINO_ORIGINALS": "true", "DINO_PATCHES": "none"])
        #expect(status == 0)
        #expect(text.contains("originals = false    # --no-originals\n"))
        #expect(text.contains("patches = none    # DINO_PATCHES\n"))
        #expect(text.contains("database = dino-server.sqlite    # default\n"))
        let other = try await printed([], ["DINO_PATCHES": "fp16"])
        #expect(other.0 != 0)
        #expect(other.1.contains("DINO_PATCHES is \"fp16\"; it takes int8 or none."))
    }

    @Test func theKeyIsNeverShown() async throws {
        let key = "0123456789abcdef"
        let (status, text) = try await printed([], ["DINO_ADMIN_KEY": key])
        #expect(status == 0)
        #expect(text.contains("admin_key = (not shown)    # DINO_ADMIN_KEY\n"))
        #expect(!text.contains(key))
        for bad in ["short-secret", "a secret of several words", String(repeating: "k", count: 257)] {
            let (status, text) = try await printed([], ["DINO_ADMIN_KEY": bad])
            #expect(status != 0)
            #expect(text.contains("DINO_ADMIN_KEY") && !text.contains(bad))
        }
    }

    @Test func helpShowsAllThreeNamesAndTheDefault() async throws {
        let (status, text) = try await Program.run("serve", "--help")
        #expect(status == 0)
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            words.contains(
                "--max-batch <value> Images of one forward pass. (environment: DINO_MAX_BATCH; file: max_batch; default: 16)"
            ))
    }
}
