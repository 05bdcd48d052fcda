import Tensors

/// Masks made from attention, by the rule of `visualize_attention.py`.
public enum AttentionMask {
    /// The smallest set of patches that holds more than `mass` of a head's attention, as 0 and 1.
    ///
    /// Patches are sorted by weight, ascending, and their shares added up; those from where the sum exceeds
    /// `1 - mass` are kept. The running sum is rounded to single precision at each step but carried in double, as
    /// PyTorch's `cumsum` does on a CPU; the total is rounded once, as close as its `sum` comes. Of patches with equal
    /// weights the earlier one goes first, as with `torch.sort(stable=True)`; the reference sorts without it, which leaves
    /// their order open. Cost: O(N log N).
    public static func keepingMass(_ mass: Float, of attention: some Collection<Float>) -> [Float] {
        let values = Array(attention)
        let total = Float(values.reduce(0.0) { $0 + Double($1) })
        guard total > 0 else { return [Float](repeating: 0, count: values.count) }
        var mask = [Float](repeating: 0, count: values.count), sum = 0.0
        for index in values.indices.sorted(by: { values[$0] < values[$1] }) {
            sum += Double(values[index] / total)
            if Float(sum) > 1 - mass { mask[index] = 1 }
        }
        return mask
    }
}
