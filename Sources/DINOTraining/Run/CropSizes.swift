public struct CropSizes: Sendable, Equatable {
    public var global, local: Int
    public init(global: Int, local: Int) {
        self.global = global
        self.local = local
    }
}
