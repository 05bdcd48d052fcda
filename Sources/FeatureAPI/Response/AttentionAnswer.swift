import DINO
import HTTPServer
import HTTPTypes
import Images
import Tensors

/// The answer about one photograph, before it is written in one of its forms.
struct AttentionAnswer: Sendable {
    let model: ModelDescription
    let plan: AttentionPlan
    let object: SeenObject
    /// The photograph, where a picture is laid over it.
    let photograph: RGBImage?
    let timing: EmbeddedImage.Timing
    /// When the request was read.
    let start: ContinuousClock.Instant

    /// The answer in the plan's form. Blocking.
    ///
    /// - Throws: ``FeatureAPIError`` where a PNG cannot be written.
    func response() throws(FeatureAPIError) -> ServerResponse {
        let fields = model.fields(plan.form.visual)
        switch plan.form.visual {
        case .json: return ServerResponse(headerFields: fields, body: .bytes(json()))
        case .npy: return .npy(array, fields)
        case .png:
            do throws(ImageEncodingError) {
                return ServerResponse(headerFields: fields, body: .bytes(try png()))
            } catch {
                throw FeatureAPIError(.requestTooLarge, error.description)
            }
        }
    }

    /// The maps' values, `(maps, rows, columns)`.
    private var array: Tensor {
        Tensor(
            shape: [plan.maps.count, plan.gridSide, plan.gridSide], scalars: plan.maps.flatMap { object.values($0) })
    }

    private func png() throws(ImageEncodingError) -> [UInt8] {
        let map = plan.maps[0]
        if plan.form == .overlay, let photograph {
            return try object.overlay(object.heat(map, upsampling: plan.upsampling), on: photograph).png()
        }
        return try SeenObject.picture(object.mask(map, threshold: plan.threshold, upsampling: plan.upsampling)).png()
    }
}
