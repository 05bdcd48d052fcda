import FeatureStorage
import Testing

struct FilterTests {
    let collection: TemporaryCollection
    let store: FeatureStore
    private static let documents: [(label: String?, metadata: String?)] = [
        ("cat", #"{"year": 2020, "camera": "A", "gps": {"lat": 1.5, "lon": -3}, "ok": true}"#),
        ("dog", #"{"year": 2021.0, "camera": "B", "iso": 100, "ok": false}"#),
        (nil, #"{"year": "2020", "iso": 800, "gps": null, "tags": ["A"]}"#),
        ("cat", #"{"year": 9007199254740993, "camera": "a", "iso": 99.5, "date": "2020-05-01"}"#),
        (nil, nil),
        ("bird", #"{"n": "a\u0000b", "a.b": 1, "a": {"b": 2}, "date": "2021-01-01", "": 5, "ok": 1}"#),
    ]

    init() throws {
        collection = try TemporaryCollection()
        let (store, generation) = try collection.open()
        self.store = store
        let images = Self.documents.enumerated().map { number, document in
            NewImage.make(number, label: document.label, metadata: document.metadata)
        }
        #expect(try store.insert(images, generation: generation).map(\.image.id) == [1, 2, 3, 4, 5, 6])
    }

    private func ids(_ labels: ImageFilter.Labels = .any, _ conditions: MetadataCondition...) throws -> [Int64] {
        let filter = ImageFilter(labels: labels, metadata: conditions)
        let ids = try store.ids(matching: filter)
        #expect(try store.count(matching: filter) == ids.count)
        #expect(try store.list(ListQuery(filter: filter)).map(\.id) == ids)
        return ids
    }

    @Test func labelsAreAnyOneOrNone() throws {
        #expect(try ids() == [1, 2, 3, 4, 5, 6])
        #expect(try ids(.oneOf(["cat"])) == [1, 4])
        #expect(try ids(.oneOf(["dog", "cat", "cat", "unknown", "\0"])) == [1, 2, 4])
        #expect(try ids(.oneOf([])) == [])
        #expect(try ids(.unlabelled) == [3, 5])
        #expect(try ids(.labelled) == [1, 2, 4, 6])
    }

    @Test func numbersEqualNumbersAndStringsEqualStrings() throws {
        #expect(try ids(.any, .init("year", .equals(.integer(2020)))) == [1])
        #expect(try ids(.any, .init("year", .equals(.number(2021)))) == [2])
        #expect(try ids(.any, .init("year", .equals(.integer(2021)))) == [2])
        #expect(try ids(.any, .init("year", .equals(.string("2020")))) == [3])
        #expect(try ids(.any, .init("year", .equals(.integer(9_007_199_254_740_993)))) == [4])
        #expect(try ids(.any, .init("year", .equals(.integer(9_007_199_254_740_992)))) == [])
        #expect(try ids(.any, .init("camera", .equals(.string("A")))) == [1])
    }

    @Test func booleansEqualNoNumber() throws {
        #expect(try ids(.any, .init("ok", .equals(.boolean(true)))) == [1])
        #expect(try ids(.any, .init("ok", .equals(.boolean(false)))) == [2])
        #expect(try ids(.any, .init("ok", .equals(.integer(1)))) == [6])
    }

    @Test func oneOfSeveralValuesOfAnyKind() throws {
        #expect(try ids(.any, .init("camera", .oneOf([.string("A"), .string("a"), .string("C")]))) == [1, 4])
        #expect(try ids(.any, .init("year", .oneOf([.integer(2020), .string("2020")]))) == [1, 3])
        #expect(try ids(.any, .init("camera", .oneOf([]))) == [])
    }

    @Test func rangesOfNumbersHaveEndsThatBelongOrNot() throws {
        func iso(_ lower: MetadataCondition.Bound?, _ upper: MetadataCondition.Bound?) throws -> [Int64] {
            try ids(.any, .init("iso", .range(lower: lower, upper: upper)))
        }
        #expect(try iso(.init(.integer(100), isInclusive: true), nil) == [2, 3])
        #expect(try iso(.init(.integer(100), isInclusive: false), nil) == [3])
        #expect(try iso(nil, .init(.number(100), isInclusive: true)) == [2, 4])
        #expect(try iso(nil, .init(.number(100), isInclusive: false)) == [4])
        #expect(try iso(.init(.number(99.5), isInclusive: true), .init(.integer(800), isInclusive: false)) == [2, 4])
        #expect(
            try ids(.any, .init("year", .range(lower: .init(.integer(0), isInclusive: true), upper: nil))) == [1, 2, 4])
    }

    @Test func rangesOfStringsFollowTheirBytes() throws {
        func range(_ name: String, _ lower: String?, _ upper: String?) throws -> [Int64] {
            try ids(
                .any,
                .init(
                    name,
                    .range(
                        lower: lower.map { .init(.string($0), isInclusive: true) },
                        upper: upper.map { .init(.string($0), isInclusive: false) })))
        }
        #expect(try range("date", "2020", "2021") == [4])
        #expect(try range("date", "2020-05-01", nil) == [4, 6])
        #expect(try range("date", nil, "2021-01-01") == [4])
        #expect(try range("year", "", nil) == [3])
    }

    @Test(
        arguments: [
            (nil, nil),
            (.init(.integer(1), isInclusive: true), .init(.string("2"), isInclusive: true)),
            (.init(.boolean(true), isInclusive: true), nil),
            (nil, .init(.number(.nan), isInclusive: true)),
        ] as [(MetadataCondition.Bound?, MetadataCondition.Bound?)])
    func rangesWithoutSenseAreRefused(lower: MetadataCondition.Bound?, upper: MetadataCondition.Bound?) throws {
        let filter = ImageFilter(metadata: [.init("iso", .range(lower: lower, upper: upper))])
        let error = try #require(throws: StorageError.self) { try store.ids(matching: filter) }
        guard case .invalid = error else { return #expect("\(error)" == "invalid") }
    }

    @Test func membersExistUnlessTheyAreNull() throws {
        #expect(try ids(.any, .init("iso", .exists(true))) == [2, 3, 4])
        #expect(try ids(.any, .init("iso", .exists(false))) == [1, 5, 6])
        #expect(try ids(.any, .init("gps", .exists(true))) == [1])
        #expect(try ids(.any, .init("gps", .exists(false))) == [2, 3, 4, 5, 6])
        #expect(try ids(.any, .init("gps.lat", .exists(true))) == [1])
        #expect(try ids(.any, .init("tags", .exists(true))) == [3])
        #expect(try ids(.any, .init("a", .exists(true))) == [6])
        #expect(try ids(.any, .init("nothing", .exists(false))) == [1, 2, 3, 4, 5, 6])
        #expect(try ids(.any, .init("nothing", .equals(.integer(1)))) == [])
    }

    @Test func objectsAndArraysExistAndEqualNothing() throws {
        let json = #"{"o": {"p": {"q": []}, "r": {}, "s": null}, "tags": [["A"]]}"#
        let id = try store.insert(.make(7, metadata: json), 1).image.id
        for name in ["o", "o.p", "o.p.q", "o.r"] { #expect(try ids(.any, .init(name, .exists(true))) == [id]) }
        #expect(try ids(.any, .init("o.s", .exists(true))) == [])
        #expect(try ids(.any, .init("tags", .exists(true))) == [3, id])
        let scalars: [MetadataValue] = [.string("A"), .string("\u{3}"), .string("\0"), .integer(3), .boolean(true)]
        #expect(try ids(.any, .init("tags", .oneOf(scalars))) == [])
        for bound in ["", "A", "\0", "\u{10FFFF}"] {
            let bound = MetadataCondition.Bound(.string(bound), isInclusive: true)
            #expect(try ids(.any, .init("tags", .range(lower: bound, upper: nil))) == [])
            #expect(try ids(.any, .init("tags", .range(lower: nil, upper: bound))) == [])
        }
        let zero = MetadataCondition.Bound(.integer(0), isInclusive: true)
        #expect(try ids(.any, .init("tags", .range(lower: zero, upper: nil))) == [])
        #expect(try store.findings() == [])
    }

    @Test func namesWithADotAndNestedNamesAreTheSame() throws {
        #expect(try ids(.any, .init("gps.lon", .equals(.integer(-3)))) == [1])
        #expect(try ids(.any, .init("a.b", .equals(.integer(1)))) == [6])
        #expect(try ids(.any, .init("a.b", .equals(.integer(2)))) == [6])
        #expect(try ids(.any, .init("", .equals(.integer(5)))) == [6])
        #expect(try ids(.any, .init("\0", .exists(true))) == [])
    }

    @Test func stringsWithAZeroAreNotCut() throws {
        #expect(try ids(.any, .init("n", .equals(.string("a\0b")))) == [6])
        #expect(try ids(.any, .init("n", .equals(.string("a")))) == [])
    }

    @Test func allConditionsMustHold() throws {
        #expect(try ids(.oneOf(["cat"]), .init("year", .exists(true)), .init("iso", .exists(true))) == [4])
        #expect(try ids(.unlabelled, .init("camera", .exists(false))) == [3, 5])
    }

    @Test func textIsAValueAndNeverSQL() throws {
        let hostile = #"' OR 1 = 1; DROP TABLE images; --"#
        #expect(try ids(.oneOf([hostile]), .init(hostile, .equals(.string(hostile)))) == [])
        #expect(try store.count() == 6)
    }

    @Test func filtersWithoutEndAreRefused() throws {
        let values = (0...1000).map { MetadataValue.integer($0) }
        for filter in [
            ImageFilter(metadata: [.init("x", .oneOf(values))]),
            ImageFilter(labels: .oneOf((0...1000).map(String.init))),
            ImageFilter(metadata: Array(repeating: .init("x", .exists(true)), count: 65)),
        ] { #expect(throws: StorageError.self) { try store.count(matching: filter) } }
        let largest = Array(
            repeating: MetadataCondition("year", .oneOf(Array(values.dropFirst()))), count: 30)
        #expect(try ids(.any, .init("year", .oneOf(Array(values.dropFirst())))) == [])
        #expect(try store.ids(matching: ImageFilter(metadata: largest)) == [])
    }

    @Test func namesThatSomeImageHasAreListed() throws {
        _ = try store.remove([1])
        let names = ["", "a", "a.b", "camera", "date", "gps.lat", "iso", "n", "no such", "ok", "tags", "year"]
        #expect(
            try store.metadataNames(among: names)
                == ["", "a", "a.b", "camera", "date", "iso", "n", "ok", "tags", "year"])
    }

    @Test func whatIsNestedTooDeepIsStoredAndNotFound() throws {
        let deep = (0..<300).reduce("1") { json, _ in #"{"a":\#(json)}"# }
        let shallow = #"{"b":{"b":{"b":7}},"c":\#(deep)}"#
        let image = try store.insert(.make(9, metadata: shallow), 1).image
        #expect(image.metadata == shallow)
        #expect(try ids(.any, .init("b.b.b", .equals(.integer(7)))) == [image.id])
        let names = (1...300).map { "c" + String(repeating: ".a", count: $0) }
        // The objects themselves exist as deep as is looked; the number below them is not found.
        #expect(try store.metadataNames(among: names) == Set(names.prefix(14)))
        #expect(try store.findings() == [])
    }

    @Test func theFirstMembersOfMany() throws {
        let members = (100..<500).map { #""m\#($0)":\#($0)"# }.shuffled()
        let image = try store.insert(.make(9, metadata: "{" + members.joined(separator: ",") + "}"), 1).image
        #expect(try ids(.any, .init("m100", .exists(true))) == [image.id])
        #expect(try ids(.any, .init("m355", .equals(.integer(355)))) == [image.id])
        #expect(try ids(.any, .init("m356", .exists(true))) == [])
        #expect(image.metadata?.contains("m499") == true)
        #expect(try store.findings() == [])
    }

    @Test(
        arguments: [
            .init(labels: .oneOf(["cat"])), .init(labels: .unlabelled), .init(labels: .labelled),
            .init(metadata: [.init("year", .equals(.integer(2020))), .init("ok", .equals(.boolean(true)))]),
            .init(labels: .oneOf(["cat"]), metadata: [.init("camera", .oneOf([.string("A"), .string("B")]))]),
            .init(metadata: [.init("iso", .range(lower: .init(.integer(1), isInclusive: true), upper: nil))]),
            .init(metadata: [.init("iso", .exists(true)), .init("camera", .exists(false))]),
        ] as [ImageFilter])
    func aPageReadsNoMoreThanItLooksAt(filter: ImageFilter) throws {
        let plan = try store.listingPlan(ListQuery(limit: 2, filter: filter)).joined(separator: "\n")
        // Neither sorted nor read as a whole: each step is a search by what stands at the front of an index.
        #expect(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "\(plan)")
        // One list: that of the page's ids, which a limit bounds. A list of a condition's would have all its matches.
        #expect(plan.components(separatedBy: "LIST SUBQUERY").count == 2, "\(plan)")
    }

    @Test func pagesGoOnWhereTheLastEnded() throws {
        var (pages, after) = ([[Int64]](), Int64(0))
        while true {
            let page = try store.list(ListQuery(after: after, limit: 2, filter: ImageFilter(labels: .labelled)))
            guard let last = page.last else { break }
            pages.append(page.map(\.id))
            after = last.id
            if pages.count == 1 { _ = try store.remove([2, 4]) }
        }
        #expect(pages == [[1, 2], [6]])
        #expect(try store.list(ListQuery(limit: -1)).isEmpty && store.list(ListQuery(limit: 0)).isEmpty)
    }
}
