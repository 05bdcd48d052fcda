import Testing

/// What users of the program rely on, asked of the real binary with the bundled weights over a real socket.
@Suite(.servingTheBundledModel, .timeLimit(.minutes(1))) struct ContractTests {}
