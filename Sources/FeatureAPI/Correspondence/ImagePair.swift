package import DINO
import Images
package import Tensors

/// Two images whose patches are compared.
///
/// They may be of any two sizes: each is preprocessed as the model wants it, and what is said in pixels is in the pixels
/// of each.
package struct ImagePair: Sendable {
    /// One of the two.
    package struct Side: Sendable {
        /// Patch features.
        package var features: GridFeatures
        /// Where the patches lie in the image.
        package var places: PatchGrid
        /// Pixels across and down, upright.
        package var width: Int, height: Int

        /// An image whose input has a side of `size` pixels.
        package init(
            _ features: GridFeatures, width: Int, height: Int, model: ModelDescription, size: Int
        ) {
            (self.features, self.width, self.height) = (features, width, height)
            places = PatchGrid(
                height: features.height, width: features.width, imageWidth: width, imageHeight: height,
                preprocessing: model.preprocessing, side: size)
        }
    }

    /// How alike the patches of both images are to a part of the first: cosines, row by row.
    package struct Map: Sendable, Equatable {
        /// The places of the part's patches in the first image.
        package var region: [Int]
        /// Of the first image's patches and of the second's.
        package var first: [Float], second: [Float]

        /// The patch of the second image that is most alike, of equal ones the first.
        package var best: (place: Int, score: Float) {
            let place = second.indices.max { second[$0] < second[$1] || second[$0] == second[$1] && $0 > $1 } ?? 0
            return (place, second[place])
        }
    }

    /// The images.
    package var first: Side, second: Side

    /// A pair.
    package init(_ first: Side, _ second: Side) { (self.first, self.second) = (first, second) }

    /// The mutual nearest patches, the higher score first. Blocking; see ``Correspondences``.
    package func matches(ratio: Float? = nil, on compute: Compute) -> [PatchMatch] {
        Correspondences.mutualNearest(first.features.features, second.features.features, ratio: ratio, on: compute)
    }

    /// The map of a part of the first image.
    ///
    /// - Throws: ``FeatureAPIError`` where the part leaves the image, or preprocessing cuts it off.
    package func map(of shape: RegionQuery.Shape) throws(FeatureAPIError) -> Map {
        let region: [Int]
        do throws(FeatureAPIError) {
            region = try first.places.patches(in: shape, of: "the request")
        } catch {
            throw error.at(0)
        }
        let features = first.features.features
        return Map(
            region: region, first: Correspondences.similarity(of: features, to: region, of: features),
            second: Correspondences.similarity(of: second.features.features, to: region, of: features))
    }
}
