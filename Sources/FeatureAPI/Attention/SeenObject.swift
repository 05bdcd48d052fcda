package import DINO
package import Images
package import Tensors

/// Where a model finds the object of a photograph.
package enum ObjectMethod: String, Sendable, CaseIterable {
    /// What CLS attends to in the last block.
    case attention
    /// A normalised cut through the patch features.
    case ncut
}

/// How patches become pixels.
package enum Upsampling: String, Sendable, CaseIterable {
    /// A pixel has the value of the patch its middle lies in.
    case nearest
    /// Straight lines run between the patches' middles.
    case smooth
}

/// What a model made of one photograph, ready to become masks and pictures of the photograph's size.
package struct SeenObject: Sendable {
    /// The attention of every head.
    package let maps: AttentionMaps
    /// The cut, where it was asked for.
    package let cut: NormalizedCut?
    /// Artefact tokens, where they were looked for; ascending.
    package let artefacts: [Int]?
    /// The photograph's size in pixels, upright.
    package let imageWidth: Int, imageHeight: Int
    /// Patches on a side of the input.
    package let gridSide: Int
    /// The smallest rectangle around the pixels that the model saw.
    package let seen: CellBox
    let grid: PatchGrid
    /// How much each pixel of the model's input belongs to the cut's object, and where they lie in the photograph.
    private let refined: (values: [Float], grid: PatchGrid)?

    /// What there is to know of a photograph besides the model's outputs.
    package struct Photograph: Sendable {
        package let width: Int, height: Int
        /// The pixels, where a picture is to be laid over them.
        package let image: RGBImage?
        /// The model's input `(3, size, size)`, where a mask is to be refined along its edges.
        package let input: Tensor?

        /// What is kept of a photograph.
        package init(_ image: RGBImage, input: Tensor, keepsPixels: Bool, keepsInput: Bool) {
            (width, height) = (image.width, image.height)
            self.image = keepsPixels ? image : nil
            self.input = keepsInput ? input : nil
        }
    }

    /// What is seen by a model's outputs: attention, patches for a cut, norms where artefacts are looked for.
    ///
    /// Blocking; with a cut it may take a second.
    /// - Throws: ``FeatureAPIError`` where no cut can be found.
    package init(
        _ output: [FeatureKind: Tensor], of photograph: Photograph, model: ModelDescription, size: Int,
        method: ObjectMethod, excludesArtefacts: Bool
    ) throws(FeatureAPIError) {
        let side = size / model.patchSize
        func grid(_ side: Int) -> PatchGrid {
            PatchGrid(
                height: side, width: side, imageWidth: photograph.width, imageHeight: photograph.height,
                preprocessing: model.preprocessing, side: size)
        }
        (gridSide, self.grid) = (side, grid(side))
        (imageWidth, imageHeight) = (photograph.width, photograph.height)
        let visible = self.grid.box(columns: 0..<side, rows: 0..<side)
        seen = CellBox(x0: visible.x0, y0: visible.y0, x1: visible.x1, y1: visible.y1)
        artefacts = output[.patchNorms].map { ArtefactTokens.patches(norms: $0.scalars) }
        maps = AttentionMaps(
            output[.clsAttention] ?? Tensor(zeros: [model.numHeads, side * side]), gridHeight: side, gridWidth: side,
            excluding: excludesArtefacts ? artefacts ?? [] : [])
        guard method == .ncut, let patches = output[.patches] else {
            (cut, refined) = (nil, nil)
            return
        }
        do throws(EigenError) {
            let cut = try NormalizedCut(patches, gridHeight: side, gridWidth: side)
            self.cut = cut
            refined = photograph.input.map { (cut.refined(along: $0).values, grid(size)) }
        } catch {
            throw FeatureAPIError(.nonFiniteFeatures, "No cut through the image's features was found: \(error).")
        }
    }
}

/// One way to look at what a model saw.
package enum ObjectMap: Sendable, Equatable {
    /// The attention of a head, or of all of them together.
    case attention(AttentionMaps.Selection)
    /// The cut.
    case cut
}

extension SeenObject {
    /// The values of the patches, row by row: attention, or the cut's eigenvector.
    package func values(_ map: ObjectMap) -> [Float] {
        switch map {
        case .attention(let selection): maps[selection]
        case .cut: cut?.values ?? []
        }
    }

    /// The patches that belong to a map's mask.
    package func patches(_ map: ObjectMap, threshold: Float) -> Mask {
        switch map {
        case .attention(let selection): maps.mask(selection, keepingMass: threshold)
        case .cut: cut?.object ?? Mask(keepingMass: 1, of: maps[.mean], height: gridSide, width: gridSide)
        }
    }

    /// A map's mask in the photograph: nearest the patches', smooth of attention the pixels that hold more than `threshold`
    /// of the bilinear attention, smooth of a cut its pixels after refinement.
    package func mask(_ map: ObjectMap, threshold: Float, upsampling: Upsampling) -> PlacedMask {
        switch (map, upsampling) {
        case (_, .nearest): grid.placed(patches(map, threshold: threshold))
        case (.attention(let selection), .smooth):
            PlacedMask(grid.field(maps[selection], isSmooth: true).mask(keepingMass: threshold))
        case (.cut, .smooth): PlacedMask(heat(map, upsampling: .smooth).mask(from: 0.5))
        }
    }

    /// The groups of a mask's pixels with the share of the attention in each; a cut's are scored by the heads' mean.
    package func regions(of mask: PlacedMask, _ map: ObjectMap, upsampling: Upsampling) -> [MaskRegion] {
        let attention = if case .attention(let selection) = map { maps[selection] } else { maps[.mean] }
        return mask.regions(
            weights: upsampling == .smooth ? grid.field(attention, isSmooth: true).pixels : attention)
    }

    /// What a picture of a map shows: attention, or how much a pixel belongs to the cut's object, each pixel's.
    package func heat(_ map: ObjectMap, upsampling: Upsampling) -> ImageField {
        if case .cut = map {
            if upsampling == .smooth, let refined { return refined.grid.field(refined.values, isSmooth: true) }
            return grid.field(cut?.object.kept.map { $0 ? 1 : 0 } ?? [], isSmooth: upsampling == .smooth)
        }
        return grid.field(values(map), isSmooth: upsampling == .smooth)
    }
}
