import ArgumentParser
import DINO
import Foundation
import Tensors

/// The settings every command that loads a model has.
struct ModelOptions: ParsableArguments {
    @Option(name: .customLong(Setting.model.flag), help: Setting.model.help) var model: String?
    @Option(name: .customLong(Setting.threads.flag), help: Setting.threads.help) var threads: String?
    @Option(name: .customLong(Setting.precision.flag), help: Setting.precision.help) var precision: String?
    @Flag(name: .customLong(Setting.fastDecode.flag), help: Setting.fastDecode.help) var fastDecode = false
    @OptionGroup var file: ConfigurationOption

    /// The values given on the command line.
    var flags: [Setting: String] {
        [
            Setting.model: model, .threads: threads, .precision: precision, .fastDecode: fastDecode ? "true" : nil,
        ].compactMapValues { $0 }
    }

    /// All settings; `checkpoint`, where it is given, stands in for the model, which is given once.
    func values(checkpoint: String?) throws -> SettingValues {
        guard let checkpoint else { return try values() }
        guard model == nil else {
            throw ValidationError("The checkpoint is given twice: as an argument and with --\(Setting.model.flag).")
        }
        return try values(flags: [.model: checkpoint])
    }

    /// All settings, with further `flags` of the command.
    func values(flags: [Setting: String] = [:]) throws -> SettingValues {
        try file.values(flags: self.flags.merging(flags) { $1 })
    }
}

extension SettingValues {
    /// Threads of the model, and as many that decode.
    func threadCount() throws(SettingError) -> Int {
        let count = try integer(.threads, 0...256)
        return count == 0 ? Processors.available : count
    }

    /// The threads of the model, and of whatever else computes.
    func compute() throws -> Compute { try Compute(threads: threadCount()) }

    /// The model these settings name, loaded for images of `maximumTokens`, or as many as the settings say.
    ///
    /// Where the precision was left to the program, it says on standard error what it found and took.
    func loadModel(on compute: Compute? = nil, maximumTokens: Int? = nil) throws -> Model {
        let choice = try value(of: .precision, "one of \(PrecisionChoice.names)") { PrecisionChoice($0) }
        let (model, trials) = try Model.load(
            text(.model), precision: choice, fastDecode: boolean(.fastDecode), on: compute ?? self.compute(),
            maximumTokens: maximumTokens ?? integer(.maxTokens, 2...65_536))
        if choice == .auto { Terminal.error(Self.report(of: trials, chosen: model.precision)) }
        return model
    }

    /// Which precision was taken and why.
    private static func report(of trials: [PrecisionTrial], chosen: Precision) -> String {
        func digits(_ cosine: Double) -> String { String(format: "%.5f", cosine) }
        let found = trials.map {
            "\($0.precision.rawValue) \(digits($0.cosine)), of a patch \(digits($0.patchCosine))"
        }.joined(separator: "; ")
        guard !trials.isEmpty else { return "precision \(chosen.rawValue): this processor has no faster arithmetic" }
        return "precision \(chosen.rawValue); smallest cosine to fp32 on the check images: \(found)"
    }
}

extension Setting {
    /// The help text: meaning, the other two names, default.
    var help: ArgumentHelp {
        ArgumentHelp("\(meaning) (environment: \(variable); file: \(member); default: \(fallback))", valueName: "value")
    }
}
