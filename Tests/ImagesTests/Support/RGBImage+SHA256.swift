import Crypto
import Images

extension RGBImage {
    /// The SHA-256 of the samples in hexadecimal, as `expected.json` spells it.
    var sha256: String {
        SHA256.hash(data: pixels).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
