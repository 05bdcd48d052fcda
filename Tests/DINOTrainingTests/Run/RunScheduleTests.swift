import DINOTraining
import Testing

@Suite struct RunScheduleTests {
    @Test func epochsGiveTheReferencesTable() throws {
        let recipe = TinyRun.recipe
        let schedule = try RunSchedule(recipe, stepsPerEpoch: 5), table = Schedules(recipe, stepsPerEpoch: 5)
        #expect(schedule.steps == 20)
        for step in 0..<20 {
            #expect(schedule.rates(step: step) == table.rates(step: step))
            #expect(!schedule.isDone(step: step))
        }
        #expect(schedule.isDone(step: 20))
    }

    @Test func hoursGiveTheSameRatesForTheSameShare() throws {
        var recipe = TinyRun.recipe
        let table = try RunSchedule(recipe, stepsPerEpoch: 5)
        recipe.hours = 2
        let schedule = try RunSchedule(recipe, stepsPerEpoch: 5)
        #expect(schedule.steps == nil)
        for step in 0..<20 {
            schedule.use(seconds: 7200 * Double(step) / 20)
            let rates = schedule.rates(step: 12345), expected = table.rates(step: step)
            #expect(abs(rates.learningRate - expected.learningRate) < 1e-12)
            #expect(abs(rates.momentum - expected.momentum) < 1e-12)
            #expect(!schedule.isDone(step: 12345))
        }
        schedule.use(seconds: 7200)
        #expect(schedule.isDone(step: 0))
    }

    @Test func earlyCropsEndAtTheirShareOfTheRun() throws {
        var recipe = TinyRun.recipe
        recipe.crops.early = .init(until: 0.65, globalSize: 8, localSize: 4)
        let schedule = try RunSchedule(recipe, stepsPerEpoch: 5)
        let early = (0..<20).filter { schedule.sizes(step: $0) == CropSizes(global: 8, local: 4) }
        #expect(early == Array(0..<13))
        #expect(schedule.sizes(step: 13) == CropSizes(global: 16, local: 8))
    }

    @Test func refusesABatchOfMoreThanThereIs() {
        #expect(throws: TrainingError.self) { try RunSchedule(TinyRun.recipe, stepsPerEpoch: 0) }
    }
}
