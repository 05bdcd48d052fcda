extension Collection<Float> {
    /// The value that `share` of the values lie below, interpolated between the two nearest; 0 of none. Cost: O(N log N).
    package func quantile(_ share: Double) -> Float {
        let sorted = sorted()
        guard let last = sorted.last else { return 0 }
        let place = share * Double(sorted.count - 1), index = Int(place)
        guard index + 1 < sorted.count else { return last }
        return Float(
            Double(sorted[index]) + (place - Double(index)) * (Double(sorted[index + 1]) - Double(sorted[index])))
    }
}
