/// The one table of settings: every name, default and meaning is said here.
///
/// A setting has three names that follow from one: `--max-batch`, `DINO_MAX_BATCH`, and `max_batch` in the JSON file. One
/// that is true where nothing is said has a flag that denies it.
enum Setting: String, CaseIterable {
    case model
    case threads
    case precision
    case fastDecode = "fast-decode"
    case database
    case originals
    case patches
    case host
    case names
    case port
    case insecure
    case adminKey = "admin-key"
    case maxBatch = "max-batch"
    case maxQueue = "max-queue"
    case maxQueueBytes = "max-queue-bytes"
    case maxTokens = "max-tokens"
    case logLevel = "log-level"

    /// What the setting is for.
    var meaning: String {
        switch self {
        case .model: "A model directory, a .safetensors or .pth file, or a Hugging Face folder."
        case .threads:
            "Threads of the model, and threads that decode; 0 takes one for each core that the process may use."
        case .precision:
            """
            The arithmetic of the model: fp32, bf16, int8, or auto: at each start the fastest that keeps a cosine of 0.999 \
            to fp32.
            """
        case .fastDecode:
            "Whether JPEG files much larger than the input are decoded at a fraction of their size; other features."
        case .database: "The file of the collection, made where there is none; none serves without a collection."
        case .originals: "Whether the files of stored images are kept; without them no other model can re-embed."
        case .patches: "How patch features are stored, for search by region: int8, or none."
        case .host: "The address to bind. Any but loopback needs --insecure."
        case .names:
            """
            Names in Host that are answered besides localhost, separated by commas; where none are given, loopback answers to no \
            other and an address that others can reach to any.
            """
        case .port: "The port; 0 takes any free one."
        case .insecure: "Serves everybody who can reach the address, without API keys."
        case .adminKey: "What Authorization: Bearer has to say for admin routes; without it only loopback has them."
        case .maxBatch: "Images of one forward pass."
        case .maxQueue: "Images that may wait; beyond it requests get 429."
        case .maxQueueBytes: "Bytes of bodies, inputs and answers in memory; beyond it requests get 429."
        case .maxTokens: "Tokens of one image, which bounds the option size: 64 × 64 patches by default."
        case .logLevel: "trace, debug, info, notice, warning, error or critical."
        }
    }

    /// The value where nothing is said.
    var fallback: String {
        switch self {
        case .model: "weights/dino-vit-tiny-8-64"
        case .threads: "0"
        case .precision: "fp32"
        case .fastDecode: "false"
        case .database: "dino-server.sqlite"
        case .originals: "true"
        case .patches: "int8"
        case .host: "127.0.0.1"
        case .names: ""
        case .port: "8080"
        case .insecure: "false"
        case .adminKey: ""
        case .maxBatch: "16"
        case .maxQueue: "256"
        case .maxQueueBytes: "805306368"
        case .maxTokens: "4200"
        case .logLevel: "info"
        }
    }

    /// The command line's name, without its dashes.
    var flag: String { self == .originals ? "no-originals" : rawValue }
    /// The environment's name.
    var variable: String { "DINO_" + member.uppercased() }
    /// The JSON file's name.
    var member: String { String(rawValue.map { $0 == "-" ? "_" : $0 }) }
    /// Whether the value is for nobody's eyes.
    var isSecret: Bool { self == .adminKey }
}
