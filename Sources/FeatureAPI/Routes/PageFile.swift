import Crypto

/// One file of the web page, as it was when this was built.
///
/// The page is plain HTML, a style sheet and modules, all in `Page`; `/` is `index.html`, which names the others.
struct PageFile: Sendable {
    /// The name in `Page`, and behind `/page/`.
    let name: String
    let bytes: [UInt8]
    let tag: EntityTag

    private init(_ name: String, _ bytes: [UInt8]) {
        (self.name, self.bytes) = (name, bytes)
        let digest = SHA256.hash(data: bytes).prefix(16)
        tag = EntityTag(digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }

    /// The media type, by the end of the name.
    var mediaType: String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        default: "text/javascript; charset=utf-8"
        }
    }

    /// The document itself.
    static let index = PageFile("index.html", PackageResources.index_html)

    /// What the document loads, by name.
    static let parts: [String: PageFile] = {
        let files = [
            PageFile("style.css", PackageResources.style_css),
            PageFile("panels.css", PackageResources.panels_css),
            PageFile("api.js", PackageResources.api_js),
            PageFile("attention.js", PackageResources.attention_js),
            PageFile("collection.js", PackageResources.collection_js),
            PageFile("dom.js", PackageResources.dom_js),
            PageFile("gestures.js", PackageResources.gestures_js),
            PageFile("grid.js", PackageResources.grid_js),
            PageFile("images.js", PackageResources.images_js),
            PageFile("jobs.js", PackageResources.jobs_js),
            PageFile("look.js", PackageResources.look_js),
            PageFile("main.js", PackageResources.main_js),
            PageFile("map.js", PackageResources.map_js),
            PageFile("maplabels.js", PackageResources.maplabels_js),
            PageFile("mapview.js", PackageResources.mapview_js),
            PageFile("markdown.js", PackageResources.markdown_js),
            PageFile("mask.js", PackageResources.mask_js),
            PageFile("model.js", PackageResources.model_js),
            PageFile("neighbors.js", PackageResources.neighbors_js),
            PageFile("pca.js", PackageResources.pca_js),
            PageFile("photographs.js", PackageResources.photographs_js),
            PageFile("picture.js", PackageResources.picture_js),
            PageFile("regions.js", PackageResources.regions_js),
            PageFile("scene.js", PackageResources.scene_js),
            PageFile("similarity.js", PackageResources.similarity_js),
            PageFile("tabs.js", PackageResources.tabs_js),
        ]
        return Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0) })
    }()
}
