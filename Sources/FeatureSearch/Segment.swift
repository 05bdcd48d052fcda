import Tensors

/// A run of an index's rows. A value: a copy of it stays as it was when rows are added, removed or labelled later.
///
/// The codes are shared by all copies and only added to, so that a search reads them while a row is written behind its
/// copy's last. The small arrays are copied when they change under somebody's eyes.
struct Segment: Sendable {
    let rows: QuantizedRows
    private(set) var ids: [Int64] = []
    private(set) var labels: [Int32] = []
    /// A bit for each row, by groups: set while it is there.
    private(set) var alive: [UInt16] = []
    private(set) var dead = 0
    /// The rows by rising id, once they are not in that order themselves.
    private var order: [UInt16]?
    /// The smallest and the largest id, of the dead too.
    private(set) var lowest = Int64.max, highest = Int64.min

    /// The most rows that a segment may have: `order` counts in 16 bits.
    static let maximumRows = 1 << 16

    init(dimensions: Int, capacity: Int) { rows = QuantizedRows(dimensions: dimensions, capacity: capacity) }

    var count: Int { ids.count }
    var isFull: Bool { count == rows.capacity }

    /// Whether as many rows are dead as make room worth having.
    var wantsCompaction: Bool { dead > 0 && 4 * dead >= max(count, rows.capacity / 4) }

    func isAlive(_ row: Int) -> Bool { alive[row / QuantizedRows.group] >> UInt16(row % QuantizedRows.group) & 1 == 1 }

    /// Notes the row whose codes have just been written.
    mutating func append(id: Int64, label: Int32) {
        let row = ids.count
        if id < highest, order == nil { order = (0..<row).map { UInt16($0) } }
        if order != nil {
            let place = place(of: id)
            order?.insert(UInt16(row), at: place)
        }
        ids.append(id)
        labels.append(label)
        if row % QuantizedRows.group == 0 { alive.append(0) }
        alive[row / QuantizedRows.group] |= 1 << UInt16(row % QuantizedRows.group)
        (lowest, highest) = (min(lowest, id), max(highest, id))
    }

    mutating func kill(_ row: Int) {
        alive[row / QuantizedRows.group] &= ~(1 << UInt16(row % QuantizedRows.group))
        dead += 1
    }

    mutating func setLabel(_ label: Int32, of row: Int) { labels[row] = label }

    /// The row of an id that is there.
    func row(of id: Int64) -> Int? {
        guard lowest <= id, id <= highest else { return nil }
        // An id that came again has dead rows beside the living one.
        var place = place(of: id)
        while place < count, ids[row(at: place)] == id {
            if isAlive(row(at: place)) { return row(at: place) }
            place += 1
        }
        return nil
    }

    /// The row at a place of the order by rising id.
    func row(at place: Int) -> Int { order.map { Int($0[place]) } ?? place }

    /// The first place whose id is not smaller.
    private func place(of id: Int64) -> Int {
        var low = 0, high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[row(at: middle)] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Bytes of memory in use.
    var residentBytes: Int {
        let groups = (count + QuantizedRows.group - 1) / QuantizedRows.group * QuantizedRows.group
        return groups * rows.bytesPerRow + 8 * ids.capacity + 4 * labels.capacity + 2 * alive.capacity
            + 2 * (order?.capacity ?? 0)
    }
}

extension Segment {
    /// The rows that a filter allows, as masks of groups; empty where every row is.
    func masks(_ filter: RowFilter, without excluded: [Int64]) -> [UInt16] {
        if filter.labels == .any, filter.ids == nil, excluded.isEmpty { return dead == 0 ? [] : alive }
        var masks = alive
        switch filter.labels {
        case .any: break
        // One comparison a row; a set costs ten times as much.
        case .oneOf(let labels) where labels.count == 1:
            for label in labels { keep(in: &masks) { $0 == label } }
        case .labelled: keep(in: &masks) { $0 != 0 }
        case .unlabelled: keep(in: &masks) { $0 == 0 }
        case .oneOf(let labels): keep(in: &masks) { labels.contains($0) }
        }
        if let ids = filter.ids {
            let named = mark(ids)
            for group in masks.indices { masks[group] &= named[group] }
        }
        if !excluded.isEmpty {
            let named = mark(excluded)
            for group in masks.indices { masks[group] &= ~named[group] }
        }
        return masks
    }

    @inline(__always) private func keep(in masks: inout [UInt16], _ allows: (Int32) -> Bool) {
        let group = QuantizedRows.group
        for index in masks.indices {
            var mask: UInt16 = 0
            for row in index * group..<min((index + 1) * group, labels.count) where allows(labels[row]) {
                mask |= 1 << UInt16(row % group)
            }
            masks[index] &= mask
        }
    }

    /// A bit for the rows of these ids, which ascend.
    private func mark(_ wanted: [Int64]) -> [UInt16] {
        var masks = [UInt16](repeating: 0, count: alive.count)
        var next = wanted.firstPlace { $0 >= lowest }, place = 0
        while next < wanted.count, place < count, wanted[next] <= highest {
            let id = wanted[next]
            // Doubling steps, then halving ones: near ids cost little, far ones the logarithm of their distance.
            var step = 1
            while place + step < count, ids[row(at: place + step)] < id { step *= 2 }
            var high = min(place + step, count)
            while place < high {
                let middle = (place + high) / 2
                if ids[row(at: middle)] < id { place = middle + 1 } else { high = middle }
            }
            while place < count, ids[row(at: place)] == id {
                let row = row(at: place)
                masks[row / QuantizedRows.group] |= 1 << UInt16(row % QuantizedRows.group)
                place += 1
            }
            next += 1
        }
        return masks
    }
}

extension Array {
    /// The first place from which on a condition holds that holds to the end once it holds.
    func firstPlace(_ holds: (Element) -> Bool) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
