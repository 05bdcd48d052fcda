import DINOTraining
import Foundation
import Testing

@Suite struct RecipeJSONTests {
    @Test(arguments: [Recipe(), .small, TinyRun.recipe])
    func readsBackTheSameNumbers(_ recipe: Recipe) throws {
        var recipe = recipe
        recipe.learningRate = 0.1 + 0.2
        recipe.hours = 1.0 / 3
        recipe.seed = .max
        #expect(try Recipe(json: Data(recipe.json().utf8)) == recipe)
        #expect(try Recipe(json: Data(recipe.json(pretty: true).utf8)) == recipe)
    }

    @Test func whatIsLeftOutStaysAsItWas() throws {
        let json = #"{"batch": 32, "crops": {"early": {"until": 0.5, "globalSize": 48, "localSize": 24}}, "hours": 2}"#
        let recipe = try Recipe(json: Data(json.utf8), over: .small)
        var expected = Recipe.small
        expected.batch = 32
        expected.hours = 2
        expected.crops.early = .init(until: 0.5, globalSize: 48, localSize: 24)
        #expect(recipe == expected)
        #expect(try Recipe(json: Data(#"{"crops": {"early": null}}"#.utf8), over: .small).crops.early == nil)
    }

    @Test(arguments: [
        (#"{"crops": {"sise": 3}}"#, "has no \"crops.sise\""), (#"{"batch": "many"}"#, "\"batch\""),
        (#"{"batch": 8.5}"#, "\"batch\" is 8.5, expected a whole number"),
        (
            #"{"crops": {"early": {"until": 0.5, "globalSize": 48.5}}}"#,
            "\"crops.early.globalSize\" is 48.5, expected a whole"
        ),
        (#"{"batch": 1e300}"#, "\"batch\" is 1e+300, expected a whole number"),
        (#"{"seed": -1}"#, "\"seed\" is -1, expected a whole number"),
        (#"{"batch": true}"#, "\"batch\" is true, expected a whole number"),
        (#"{"centering": 1.5}"#, "\"centering\" is 1.5, expected true or false"),
        (#"{"optimizer": "adam"}"#, "\"optimizer\" is \"adam\", expected one of adamw, sgd, lars"),
        ("[]", "is a JSON object"), ("{", "no JSON"), (#"{"crops": {"early": {"until": 0.5}}}"#, "missing"),
    ])
    func namesWhatDoesNotFit(_ json: String, _ part: String) {
        do throws(TrainingError) {
            _ = try Recipe(json: Data(json.utf8))
            Issue.record("\(json) was taken")
        } catch {
            #expect(error.description.contains(part), "\(error)")
        }
    }

    @Test func differencesNameTheirKeys() throws {
        var recipe = Recipe.small
        recipe.crops.localNumber = 6
        recipe.hours = 3
        let differences = try recipe.differences(from: .small)
        #expect(differences.map(\.key) == ["crops.localNumber", "hours"])
        #expect(differences.map(\.value) == ["6", "3"])
        #expect(differences.map(\.other) == ["4", "none"])
    }

    @Test func thePresetsAreRecipes() throws {
        try Recipe().check()
        try Recipe.small.check()
    }
}
