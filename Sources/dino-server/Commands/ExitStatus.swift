import ArgumentParser

extension AsyncParsableCommand {
    /// What `body` gives; its errors end the program with 2: 1 stays for what a command found, such as a difference.
    func endingWith2<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let code as ExitCode {
            throw code
        } catch {
            Terminal.error(Self.fullMessage(for: error))
            throw ExitCode(2)
        }
    }
}
