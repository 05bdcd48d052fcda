import DINO

extension AttentionAnswer {
    /// The answer as an object: what was looked at, and a member `maps` with each map's values, mask and regions.
    func json() -> [UInt8] {
        var writer = JSONWriter()
        writer.reserve(plan.answerBytes(width: 0, height: 0) + 1024)
        writer.object { writer in
            writer.member("model", model.name)
            writer.member("fingerprint", model.fingerprint)
            writer.member("size", plan.size)
            writer.key("grid")
            writer.members([("height", plan.gridSide), ("width", plan.gridSide)])
            writer.key("image")
            writer.members([("height", object.imageHeight), ("width", object.imageWidth)])
            writer.key("seen")
            writer.corners(of: object.seen)
            writer.member("method", plan.method.rawValue)
            if plan.method == .attention {
                writer.key("threshold")
                writer.number(plan.threshold)
            }
            writer.member("upsampling", plan.upsampling.rawValue)
            writer.key("artefacts")
            if let artefacts = object.artefacts { writer.integers(artefacts) } else { writer.null() }
            writer.key("maps")
            writer.array { for map in plan.maps { write(map, to: &$0) } }
            writer.key("timing")
            writer.timing(timing, total: (ContinuousClock.now - start).seconds)
        }
        return writer.bytes
    }

    private func write(_ map: ObjectMap, to writer: inout JSONWriter) {
        let mask = object.mask(map, threshold: plan.threshold, upsampling: plan.upsampling)
        let runs = RunLengths(mask)
        writer.object { writer in
            writer.key("map")
            switch map {
            case .attention(.head(let head)): writer.integer(head)
            case .attention(.mean): writer.string("mean")
            case .attention(.max): writer.string("max")
            case .cut: writer.string("ncut")
            }
            writer.key("values")
            writer.numbers(object.values(map))
            writer.key("patches")
            writer.integers(object.patches(map, threshold: plan.threshold).cells)
            writer.key("area")
            writer.integer(runs.area)
            writer.key("mask")
            writer.object { write(runs, to: &$0) }
            writer.key("regions")
            writer.array { writer in
                for region in object.regions(of: mask, map, upsampling: plan.upsampling) {
                    writer.object { write(region, to: &$0) }
                }
            }
        }
    }

    private func write(_ runs: RunLengths, to writer: inout JSONWriter) {
        writer.key("size")
        writer.integers([runs.height, runs.width])
        writer.key("counts")
        switch plan.runLengths {
        case .compressed: writer.string(runs.text)
        case .counts: writer.integers(runs.counts)
        }
    }

    private func write(_ region: MaskRegion, to writer: inout JSONWriter) {
        writer.key("box")
        writer.corners(of: region.box)
        writer.member("area", region.area)
        writer.key("score")
        writer.number(Float(region.score))
        writer.key("polygon")
        writer.array { writer in
            for ring in region.rings {
                writer.array { writer in for corner in ring { writer.integers([corner.x, corner.y]) } }
            }
        }
    }
}

extension JSONWriter {
    /// An array of integers.
    mutating func integers(_ values: [Int]) {
        array { for value in values { $0.integer(value) } }
    }

    /// A box as `[x0, y0, x1, y1]`.
    mutating func corners(of box: CellBox) { integers([box.x0, box.y0, box.x1, box.y1]) }
}
