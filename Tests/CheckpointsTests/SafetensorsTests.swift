import Checkpoints
import Foundation
import Testing

@Suite struct SafetensorsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ header: String, data: Int, length: UInt64? = nil) throws -> TensorFile {
        let json = Array(header.utf8)
        let bytes = littleEndian(length ?? UInt64(json.count)) + json + [UInt8](repeating: 0, count: data)
        return try TensorFile.open(folder.file(bytes))
    }

    @Test func readsTensorsInAnyOrderAtAnyAlignment() throws {
        let header =
            #"{"b":{"dtype":"U8","shape":[3],"data_offsets":[4,7]},"a":{"data_offsets":[0,4],"shape":[],"dtype":"F32"}, "__metadata__":{"k":"v"}}   "#
        let file = try open(header, data: 7)
        #expect(file.tensors.map(\.name) == ["a", "b"])
        #expect(file.tensors.map(\.shape) == [[], [3]])
        #expect(file.metadata == ["k": "v"])
        #expect(try file.tensors[1].tensor().scalars == [0, 0, 0])
    }

    @Test func resolvesEscapesInNames() throws {
        let header = #"{"\ud83d\ude00\/\u00e9\t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#
        #expect(try open(header, data: 1).tensors[0].name == "😀/é\t")
    }

    @Test func readsAnEmptyHeaderAndEmptyTensors() throws {
        #expect(try open("{}", data: 0).tensors.isEmpty)
        let file = try open(#"{"a":{"dtype":"F32","shape":[0,4],"data_offsets":[0,0]}}"#, data: 0)
        #expect(try file.tensors[0].tensor().shape == [0, 4])
    }

    @Test(arguments: [
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0077":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F16","shape":[1],"data_offsets":[6,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[2,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#,
        #"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[+2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4,0],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F64","shape":[2305843009213693953],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}"#,
        #"{"a":{"dtype":"F32","shape":[2]}}"#,
        #"{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"__metadata__":{"k":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"__metadata__":"k","a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"a\u0000":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"a\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"a\x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},}"#,
        #"{"a":{"dtype":"F32","shape":[2,],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#,
        "{\"a\n\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        #"{"a":[[[[[[[[[[[[]]]]]]]]]]]]}"#,
        #"{"a""#, "{", #"{""#, #"{"\u12"#,
    ])
    func refusesAContradictoryHeader(_ header: String) throws {
        #expect(throws: CheckpointError.self) { try open(header, data: 8) }
    }

    @Test(arguments: [0, 1, 3, 100, 16_777_217, 100_000_001, 1 << 63, UInt64.max])
    func refusesAHeaderLengthThatLies(_ length: UInt64) throws {
        let header = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        #expect(throws: CheckpointError.self) { try open(header, data: 8, length: length) }
    }

    @Test func refusesInvalidUTF8() throws {
        var bytes = Array(#"{"aa":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#.utf8)
        bytes[2] = 0xFF
        let file = try folder.file(littleEndian(UInt64(bytes.count)) + bytes + [UInt8](repeating: 0, count: 8))
        #expect(throws: CheckpointError.self) { try TensorFile.open(file) }
    }

    @Test func refusesDeepNestingTooManyTensorsAndTooMuchMetadata() throws {
        let deep = #"{"a":"# + String(repeating: "[", count: 200_000)
        #expect(throws: CheckpointError.self) { try open(deep, data: 0) }
        let lines = (0..<20_001).map { #""\#($0)":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"# }
        #expect(throws: CheckpointError.self) { try open("{\(lines.joined(separator: ","))}", data: 0) }
        let metadata = #"{"__metadata__":{"k":"\#(String(repeating: "v", count: 1 << 20))"}}"#
        #expect(throws: CheckpointError.self) { try open(metadata, data: 0) }
        let long = #"{"\#(String(repeating: "n", count: 65536))":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#
        #expect(throws: CheckpointError.self) { try open(long, data: 0) }
    }

    @Test func namesTheTensorAndTheFileInTheError() throws {
        let header = #"{"blocks.0":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#
        let error = try #require(throws: CheckpointError.self) { try open(header, data: 8) }
        #expect(error.description.contains("'blocks.0'"))
        #expect(error.description.contains(folder.url.path))
    }
}
