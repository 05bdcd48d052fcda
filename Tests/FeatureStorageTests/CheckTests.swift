import FeatureStorage
import Foundation
import GRDB
import Testing

struct CheckTests {
    let collection: TemporaryCollection
    init() throws { collection = try TemporaryCollection() }

    /// What a check finds in three images after another program ran `sql`.
    private func findings(after sql: String) throws -> [String] {
        let (store, generation) = try collection.open()
        _ = try store.insert(
            (1...3).map {
                .make($0, key: "\($0)", label: "cat", metadata: #"{"x":\#($0)}"#, features: .make(patches: true))
            },
            generation: generation)
        try store.close()
        try collection.meddle { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            try db.execute(sql: sql)
        }
        return try FeatureStore.open(collection.path).findings()
    }

    @Test(arguments: [
        ("SELECT 1", nil),
        ("UPDATE originals SET bytes = x'01' WHERE id = 2", "The file of image 2 is not the one with hash"),
        ("UPDATE originals SET bytes = x'01' WHERE id = 2", "says another size"),
        ("INSERT INTO originals (hash, bytes) VALUES (randomblob(32), x'00')", "belongs to no image"),
        ("DELETE FROM thumbnails WHERE image_id = 3", "Image 3 has no thumbnail."),
        ("DELETE FROM cls_features WHERE id = 1 << 40 | 2", "Image 2 has no features under the active generation, 1"),
        ("UPDATE cls_features SET vector = x'00' WHERE id = 1 << 40 | 2", "another number of dimensions"),
        ("UPDATE cls_features SET vector = zeroblob(12) WHERE id = 1 << 40 | 1", "a length of 0.0, not 1"),
        ("UPDATE cls_features SET vector = x'0000C07F0000C07F0000C07F'", "a number that is not finite"),
        ("UPDATE generations SET features = 2", "says that it has 2 features, and has 3"),
        ("UPDATE generations SET state = 'retired'", "no generation is active"),
        ("DROP TRIGGER images_delete; DELETE FROM images WHERE id = 1", "There are 1 features of no image."),
        ("DROP TRIGGER images_delete; DELETE FROM images WHERE id = 1", "refers to one of images that is not there"),
        ("DELETE FROM generations", "There are 3 features of no generation."),
        ("DROP TRIGGER cls_features_delete; DELETE FROM cls_features", "There are 3 patch features without a CLS"),
        ("UPDATE patch_features SET height = 3", "There are 3 patch features that are not what their grid says."),
        (
            "UPDATE documents SET json = '{\"x\":9}' WHERE image_id = 1",
            "Image 1 is found by other metadata than it has."
        ),
        ("DELETE FROM metadata WHERE image_id = 2", "Image 2 is found by other metadata than it has."),
    ])
    func whatIsWrongIsSaid(sql: String, sentence: String?) throws {
        let findings = try findings(after: sql)
        if let sentence {
            #expect(findings.contains { $0.contains(sentence) }, "\(findings)")
        } else {
            #expect(findings == [])
        }
    }

    @Test func uploadsThatWaitForAnotherModelAreANote() throws {
        let (store, first) = try collection.open()
        try store.insert(.make(1), first)
        let second = try store.generation(for: .make("second", dimensions: 2)).id
        try store.insert(.make(2, features: ImageFeatures(cls: [1, 0])), second)
        let report = try store.check(hash: weakHash, progress: { _, _ in })
        #expect(report.findings == [])
        #expect(report.notes.count == 1 && report.notes[0].contains("1 image has features under a generation that is"))
        try store.activate(first)
        try store.close()
        try collection.meddle { try $0.execute(sql: "DELETE FROM cls_features WHERE id = 1 << 40 | 1") }
        let again = try FeatureStore.open(collection.path).check(hash: weakHash, progress: { _, _ in })
        #expect(again.findings.count == 1 && again.findings[0].contains("Image 1 has no features"))
        #expect(again.notes.count == 1)
    }

    @Test func manyFindingsOfAKindAreCounted() throws {
        let (store, generation) = try collection.open()
        _ = try store.insert((1...50).map { .make($0) }, generation: generation)
        try store.close()
        try collection.meddle { try $0.execute(sql: "DELETE FROM thumbnails") }
        let findings = try FeatureStore.open(collection.path).findings()
        #expect(findings.count == 21)
        #expect(findings.last == "There are 30 more findings of this kind: images without a thumbnail.")
    }

    @Test func theReportCountsAndProgressReachesItsEnd() throws {
        let (store, generation) = try collection.open()
        _ = try store.insert((1...250).map { .make($0) }, generation: generation)
        var steps: [Int] = []
        let report = try store.check(hash: weakHash) { done, total in
            #expect(total == 500)
            steps.append(done)
        }
        #expect(report.isClean && report.images == 250 && report.originals == 250 && report.withoutOriginal == 0)
        #expect(report.generations.map(\.count) == [250])
        #expect(steps == steps.sorted() && steps.last == 500 && steps.count == 6)
    }
}
