import Checkpoints
import Foundation
import Testing

@Suite struct UnpicklerTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ pickle: [UInt8]) throws -> TensorFile {
        try TensorFile.open(folder.file(ZipWriter.torch(pickle).bytes()))
    }

    private func error(_ body: (inout PickleWriter) -> Void) throws -> CheckpointError {
        try #require(throws: CheckpointError.self) { try open(PickleWriter.pickle(body)) }
    }

    @Test(arguments: [
        ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("builtins", "getattr"), ("subprocess", "Popen"),
        ("torch", "load"), ("torch", "UnknownStorage"), ("torch._utils", "_rebuild_sparse_tensor"),
        ("collections", "OrderedDict.fromkeys"), ("__builtin__", "exec"), ("vision_transformer", "VisionTransformer"),
    ])
    func refusesAnObjectThatWeightsDoNotNeedByName(_ module: String, _ name: String) throws {
        let refusal = try error { pickle in
            pickle.global(module, name)
            pickle.string("touch /tmp/executed")
            pickle.raw([0x85] + Array("R".utf8))
        }
        guard case .refusedGlobal(_, "\(module).\(name)") = refusal else {
            Issue.record("\(refusal)")
            return
        }
        #expect(refusal.description.contains("'\(module).\(name)'"))
    }

    @Test(
        arguments: [
            ([0x93], "STACK_GLOBAL"), ([0x69], "INST"), ([0x6F], "OBJ"), ([0x82, 1], "EXT1"), ([0x92], "NEWOBJ_EX"),
            ([0x94], "MEMOIZE"), ([0x95], "FRAME"), ([0x8F], "EMPTY_SET"), ([0x49, 0x31, 0x0A], "INT"), ([0x00], "0x0"),
            ([0x50, 0x0A], "PERSID"), ([0x80, 2], "0x80"), ([0x8C, 0], "SHORT_BINUNICODE"), ([0x30], "POP"),
        ] as [([UInt8], String)])
    func refusesAnInstructionThatWeightsDoNotNeedByName(_ bytes: [UInt8], _ name: String) throws {
        let refusal = try error { $0.raw(bytes) }
        guard case .refusedOpcode(_, name, 2) = refusal else {
            Issue.record("\(refusal)")
            return
        }
    }

    @Test(arguments: [0, 1, 3, 4, 5, 255] as [UInt8])
    func refusesOtherProtocols(_ version: UInt8) {
        #expect(throws: CheckpointError.self) { try open([0x80, version] + Array("}.".utf8)) }
    }

    @Test func boundsNestingWithoutRecursing() throws {
        for nest in [[0x85] as [UInt8], Array("]a".utf8)] {
            let refusal = try error { pickle in
                if nest == [0x85] {
                    pickle.raw(")")
                    pickle.raw([UInt8](repeating: 0x85, count: 1_000_000))
                } else {
                    pickle.raw(String(repeating: "]", count: 100_000) + String(repeating: "a", count: 99_999))
                }
            }
            guard case .limitExceeded(_, _, 64) = refusal else {
                Issue.record("\(refusal)")
                return
            }
        }
    }

    @Test func boundsInstructionsMemoAndStrings() throws {
        #expect(try error { $0.raw([UInt8](repeating: 0x28, count: 5_000_000)) }.description.contains("2000000"))
        let memo = try error { pickle in
            pickle.raw("}")
            for index in 0..<200_001 { pickle.raw(Array("r".utf8) + littleEndian(UInt32(index))) }
        }
        #expect(memo.description.contains("200000"))
        #expect(try error { $0.raw(Array("X".utf8) + [0xFF, 0xFF, 0xFF, 0xFF]) }.description.contains("65536"))
        let huge = [UInt8](repeating: 0x4E, count: 17 << 20)
        #expect(throws: CheckpointError.self) { try open(huge) }
    }

    @Test func survivesBillionLaughsAndSelfContainment() throws {
        let laughs = try open(
            PickleWriter.pickle { pickle in
                pickle.raw("}(")
                for level in 0...50 as ClosedRange<UInt8> {
                    pickle.string("laugh \(level)")
                    pickle.raw("](")
                    for _ in 0..<50 { pickle.raw(level == 0 ? Array("N".utf8) : Array("h".utf8) + [level - 1]) }
                    pickle.raw(Array("eq".utf8) + [level])
                }
                pickle.raw("u")
            })
        #expect(laughs.tensors.isEmpty)
    }

    @Test func survivesADictionaryThatContainsItself() throws {
        let file = try open(
            PickleWriter.pickle { pickle in
                pickle.raw(Array("}q".utf8) + [0])
                pickle.string("model")
                pickle.raw(Array("h".utf8) + [0] + Array("s".utf8))
            })
        #expect(file.tensors.isEmpty)
    }

    @Test(arguments: [
        "t", "R", "a", "s", "u", "e", "b", "Q", "q\0", "h\0", "j\0\0\0\u{7F}", "(s", "}(Nu", "Na", "N(u", "NNb", ")NR",
        "NNR", "NQ", ")Q", "ccollections\nOrderedDict\n)\u{1}", "ccollections\nOrderedDict\n", "NN", "(N", "X",
        "X\u{5}\0\0\0ab",
        "J\0", "G\0", "U\u{9}a", "U", "K", "M\0", "",
    ])
    func refusesAMalformedPickle(_ body: String) throws {
        #expect(throws: CheckpointError.self) { try open([0x80, 2] + Array(body.utf8) + Array(".".utf8)) }
        #expect(throws: CheckpointError.self) { try open([0x80, 2] + Array(body.utf8)) }
    }

    @Test func saysWhatACheckpointWithoutTeacherHolds() throws {
        let pickle = PickleWriter.pickle {
            $0.dictionary([("student", { $0.raw("}") }), ("epoch", { $0.integer(3) })])
        }
        let url = try folder.file(ZipWriter.torch(pickle).bytes())
        let error = try #require(throws: CheckpointError.self) { try Checkpoint.open(url) }
        #expect(error.description.contains("'student'"))
    }

    @Test func skipsOptionsScalarsAndOptimizerState() throws {
        let file = try open(
            PickleWriter.pickle { pickle in
                pickle.dictionary([
                    ("model", { $0.raw("}") }),
                    (
                        "args",
                        { pickle in
                            pickle.global("argparse", "Namespace")
                            pickle.raw([0x29, 0x81])
                            pickle.dictionary([("lr", { $0.raw([0x47, 0x3F, 0x50, 0, 0, 0, 0, 0, 0]) })])
                            pickle.raw("b")
                        }
                    ),
                    (
                        "best",
                        { pickle in
                            pickle.global("numpy.core.multiarray", "scalar")
                            pickle.global("numpy", "dtype")
                            pickle.string("f8")
                            pickle.raw([0x89, 0x88, 0x87] + Array("R(K\u{3}".utf8))
                            pickle.string("<")
                            pickle.raw("NNNJ")
                            pickle.raw([0xFF, 0xFF, 0xFF, 0xFF] + Array("tb".utf8))
                            pickle.global("_codecs", "encode")
                            pickle.string("abcdefgh")
                            pickle.string("latin1")
                            pickle.raw([0x86] + Array("R".utf8) + [0x86] + Array("R".utf8))
                        }
                    ),
                    ("optimizer", { $0.raw("}K\u{0}}s") }),
                    ("epoch", { $0.integer(-3) }),
                ])
            })
        #expect(file.ignored == ["args", "best", "optimizer", "epoch"])
    }
}
