import ArgumentParser
import FeatureStorage

/// Where the collection is.
struct DatabaseOption: ParsableArguments {
    @Option(name: .customLong(Setting.database.flag), help: Setting.database.help) var database: String?

    /// The value given on the command line.
    var flags: [Setting: String] { [Setting.database: database].compactMapValues { $0 } }
}

/// What is kept of an image that is stored.
struct KeepingOptions: ParsableArguments {
    @Flag(name: .customLong(Setting.originals.flag), help: Setting.originals.help) var noOriginals = false
    @Option(name: .customLong(Setting.patches.flag), help: Setting.patches.help) var patches: String?

    /// The values given on the command line.
    var flags: [Setting: String] {
        [Setting.originals: noOriginals ? "false" : nil, .patches: patches].compactMapValues { $0 }
    }
}

/// The settings of the collection, checked.
struct CollectionConfiguration {
    /// The file; nil for no collection.
    let path: String?
    /// Whether files are kept.
    let keepsOriginals: Bool
    /// Whether patch features are stored.
    let keepsPatches: Bool

    /// The configuration in `values`, or the first thing wrong with it.
    init(_ values: SettingValues) throws {
        let path = try values.text(.database)
        self.path = path == "none" ? nil : path
        keepsOriginals = try values.boolean(.originals)
        keepsPatches = try values.value(of: .patches, "int8 or none") { ["int8": true, "none": false][$0] }
    }
}
