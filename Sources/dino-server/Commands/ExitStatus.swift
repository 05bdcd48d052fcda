import ArgumentParser

extension AsyncParsableCommand {
    /// Runs `body`, whose errors end the program with 2: 1 stays for what a command found, such as a difference.
    func endingWith2(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let code as ExitCode {
            throw code
        } catch {
            Terminal.error(Self.fullMessage(for: error))
            throw ExitCode(2)
        }
    }
}
