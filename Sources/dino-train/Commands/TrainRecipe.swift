import ArgumentParser
import DINOTraining
import Foundation

/// The recipe that options make: of a new run, or of one that goes on.
struct TrainRecipe {
    let shape: TrainShapeOptions
    let flags: [RecipeFlag]

    init(_ reference: TrainOptions, _ shape: TrainShapeOptions) throws {
        if reference.epochs != nil, shape.hours != nil {
            throw ValidationError("--epochs and --hours contradict each other: one of them bounds the run.")
        }
        self.shape = shape
        flags = RecipeFlag.all(reference, shape)
    }

    /// A recipe from the preset or file, then the options.
    func fresh() throws -> Recipe {
        var recipe = shape.preset?.recipe ?? Recipe()
        if let path = shape.recipe {
            do {
                recipe = try Recipe(json: Data(contentsOf: URL(fileURLWithPath: path)))
            } catch let error as TrainingError {
                throw TrainingError.recipe("\(path): \(error)")
            } catch {
                throw TrainingError.recipe("\(path): cannot be read: \(error.localizedDescription)")
            }
        }
        for flag in flags { flag.apply(&recipe) }
        try recipe.check()
        return recipe
    }

    /// A checkpoint's recipe, which options must not contradict; epochs or hours may be more.
    func resumed(_ checkpoint: TrainingCheckpoint) throws -> Recipe {
        let stored = checkpoint.recipe
        var asked = stored
        if shape.preset != nil || shape.recipe != nil {
            asked = try fresh()
        } else {
            flags.forEach { $0.apply(&asked) }
        }
        var result = stored
        if stored.hours == nil, asked.hours == nil, asked.epochs > stored.epochs { result.epochs = asked.epochs }
        if let hours = asked.hours, let before = stored.hours, hours > before { result.hours = hours }

        func contradiction(_ name: String, _ given: String, _ found: String) -> TrainingError {
            .recipe(
                "\(name) asks for \(given), but the run in \(checkpoint.url.path) has \(found): leave it out, or begin a run of "
                    + "its own elsewhere (--init takes the weights along)")
        }
        for flag in flags where flag.show(asked) != flag.show(result) {
            throw contradiction(flag.name, flag.show(asked), flag.show(result))
        }
        if let difference = try asked.differences(from: result).first {
            let source = shape.recipe.map { "--recipe \($0)" } ?? "--preset"
            throw contradiction("\(source) (\(difference.key))", difference.value, difference.other)
        }
        try result.check()
        return result
    }
}
