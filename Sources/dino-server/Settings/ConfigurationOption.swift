import ArgumentParser
import Foundation

/// The file of settings that every command with settings takes.
struct ConfigurationOption: ParsableArguments {
    @Option(help: "A JSON file of settings (environment: DINO_CONFIG; default: none).") var config: String?

    /// All settings, with those given as `flags` of the command.
    func values(flags: [Setting: String]) throws -> SettingValues {
        let environment = ProcessInfo.processInfo.environment
        let file = config ?? environment["DINO_CONFIG"]
        let members = try file.map(ConfigurationFile.read) ?? [:]
        return SettingValues(flags: flags, environment: environment, members: members, file: file)
    }
}
