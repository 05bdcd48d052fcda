/// The value of every setting and where it came from: the command line, else the environment, else the file, else the
/// default.
struct SettingValues {
    /// A value as text, and the name under which it was given.
    struct Entry {
        var text: String
        var source: String
    }

    private var entries: [Setting: Entry]

    /// The values of three layers, each by setting; `file` is the path that `members` were read from.
    init(flags: [Setting: String], environment: [String: String], members: [Setting: String], file: String?) {
        entries = [:]
        for setting in Setting.allCases {
            if let text = flags[setting] {
                entries[setting] = Entry(text: text, source: "--\(setting.flag)")
            } else if let text = environment[setting.variable] {
                entries[setting] = Entry(text: text, source: setting.variable)
            } else if let text = members[setting] {
                entries[setting] = Entry(text: text, source: "\"\(setting.member)\" in \(file ?? "the file")")
            }
        }
    }

    /// The value of `setting` and its source.
    subscript(setting: Setting) -> Entry {
        entries[setting] ?? Entry(text: setting.fallback, source: "default")
    }

    /// A text of at least one character.
    func text(_ setting: Setting) throws(SettingError) -> String {
        try value(of: setting, "some text") { $0.isEmpty ? nil : $0 }
    }

    /// A whole number in `range`.
    func integer(_ setting: Setting, _ range: ClosedRange<Int>) throws(SettingError) -> Int {
        try value(of: setting, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            guard text.utf8.allSatisfy({ $0 &- 48 < 10 }), let number = Int(text), range.contains(number) else {
                return nil
            }
            return number
        }
    }

    /// `true` or `false`.
    func boolean(_ setting: Setting) throws(SettingError) -> Bool {
        try value(of: setting, "true or false") { Bool($0) }
    }

    /// The value that `read` makes of the text.
    func value<Value>(
        of setting: Setting, _ expectation: String, _ read: (String) -> Value?
    ) throws(SettingError) -> Value {
        let entry = self[setting]
        guard let value = read(entry.text) else {
            throw .badValue(
                source: entry.source, text: setting.isSecret ? "a secret" : entry.text, expectation: expectation)
        }
        return value
    }
}

/// What is wrong with the configuration.
enum SettingError: Error, CustomStringConvertible {
    /// A value that its setting cannot have.
    case badValue(source: String, text: String, expectation: String)
    /// A file that cannot be read.
    case unreadable(file: String, reason: String)
    /// Members that no setting has.
    case unknownMembers([String], file: String)

    var description: String {
        switch self {
        case .badValue(let source, let text, let expectation):
            "\(source) is \"\(text)\"; it takes \(expectation)."
        case .unreadable(let file, let reason):
            "The configuration file \(file) cannot be read: \(reason)."
        case .unknownMembers(let names, let file):
            "\(file) has \(names.joined(separator: ", ")), which is no setting. The settings are "
                + Setting.allCases.map(\.member).joined(separator: ", ") + "."
        }
    }
}
