/// A partition of the numbers under `count`, into which pairs are joined (Tarjan, 1975).
struct DisjointSets {
    private var parents: [Int32]

    /// Each number on its own.
    init(count: Int) { parents = (0..<Int32(count)).map { $0 } }

    /// The smallest number of the set that a number is in.
    mutating func root(of number: Int) -> Int {
        var number = number
        while Int(parents[number]) != number {
            parents[number] = parents[Int(parents[number])]
            number = Int(parents[number])
        }
        return number
    }

    mutating func join(_ left: Int, _ right: Int) {
        let (left, right) = (root(of: left), root(of: right))
        parents[max(left, right)] = Int32(min(left, right))
    }
}
