import DINOTraining
import Foundation
import Testing

@Suite struct SchedulesTests {
    /// Seven epochs of five steps, two of them warm-up, a batch of 64.
    private var recipe: Recipe {
        var recipe = Recipe.toy
        recipe.epochs = 7
        recipe.warmupEpochs = 2
        recipe.batch = 64
        recipe.warmupTeacherTempEpochs = 3
        recipe.teacherTemp = 0.07
        recipe.freezeLastLayer = 1
        return recipe
    }

    /// `utils.cosine_scheduler` by NumPy: step, learning rate, weight decay, momentum, teacher's temperature.
    @Test(
        arguments: [
            (0, 0, 0.04, 0.996, 0.04), (1, 1.388888888888889e-05, 0.040724627080856945, 0.9960080514120095, 0.04),
            (5, 6.944444444444444e-05, 0.05782560377756457, 0.9961980622641952, 0.055),
            (9, 0.000125, 0.09560872318236435, 0.9966178747020262, 0.055),
            (10, 0.000125, 0.10777183566542792, 0.9967530203962826, 0.07),
            (11, 0.00012451111148149765, 0.12083854333862154, 0.9968982060370958, 0.07),
            (20, 8.215905365124675e-05, 0.2600537681121366, 0.9984450418679126, 0.07),
            (34, 1.4888885185023785e-06, 0.39927537291914306, 0.9999919485879905, 0.07),
        ] as [(Int, Double, Double, Double, Double)])
    func stepsAreThoseOfTheReferencesTable(_ row: (Int, Double, Double, Double, Double)) {
        let rates = Schedules(recipe, stepsPerEpoch: 5).rates(step: row.0)
        #expect(abs(rates.learningRate - row.1) < 1e-18)
        #expect(abs(rates.weightDecay - row.2) < 1e-15)
        #expect(abs(rates.momentum - row.3) < 1e-15)
        #expect(abs(rates.teacherTemp - row.4) < 1e-15)
        #expect(rates.lastLayerFrozen == (row.0 < 5))
    }

    /// The whole table, by the formulas' own words: linspace with its end, then a half cosine over what is left.
    @Test(arguments: [(7, 5, 2), (3, 1, 1), (4, 6, 0), (2, 10, 1)])
    func everyStepEqualsTheTable(_ run: (epochs: Int, steps: Int, warmup: Int)) {
        var recipe = recipe
        recipe.epochs = Double(run.epochs)
        recipe.warmupEpochs = Double(run.warmup)
        let schedules = Schedules(recipe, stepsPerEpoch: run.steps), base = 5e-4 * 64 / 256
        func table(_ base: Double, _ final: Double, warmup: Int) -> [Double] {
            let rising = (0..<warmup).map { warmup > 1 ? base * Double($0) / Double(warmup - 1) : 0 }
            let rest = run.epochs * run.steps - warmup
            return rising + (0..<rest).map { final + 0.5 * (base - final) * (1 + cos(.pi * Double($0) / Double(rest))) }
        }
        let rates = (0..<run.epochs * run.steps).map { schedules.rates(step: $0) }
        func agree(_ found: [Double], _ expected: [Double]) -> Bool {
            found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-15 }
        }
        #expect(schedules.steps == run.epochs * run.steps)
        #expect(agree(rates.map(\.learningRate), table(base, 1e-6, warmup: run.warmup * run.steps)))
        #expect(agree(rates.map(\.weightDecay), table(0.04, 0.4, warmup: 0)))
        #expect(agree(rates.map(\.momentum), table(0.996, 1, warmup: 0)))
        #expect(rates.allSatisfy { $0.learningRate >= 0 && $0.momentum < 1 })
    }

    /// The reference's table holds a temperature for each epoch.
    @Test func theTeachersTemperatureStaysTheSameWithinAnEpoch() {
        let schedules = Schedules(recipe, stepsPerEpoch: 5)
        let temperatures = (0..<35).map { schedules.rates(step: $0).teacherTemp }
        #expect((0..<35).allSatisfy { temperatures[$0] == temperatures[$0 / 5 * 5] })
        #expect(Set(temperatures).count == 3)
    }

    @Test func withoutAWarmUpTheTemperatureIsTheTeachers() {
        var recipe = recipe
        recipe.warmupTeacherTempEpochs = 0
        recipe.warmupTeacherTemp = 0.01
        #expect(Schedules(recipe, stepsPerEpoch: 5).rates(step: 0).teacherTemp == 0.07)
    }

    @Test func progressAndStepsAreTheSameSchedule() {
        let schedules = Schedules(recipe, stepsPerEpoch: 5)
        for step in 0..<35 {
            let exact = schedules.rates(step: step), same = schedules.rates(progress: Double(step) / 35)
            #expect(abs(exact.learningRate - same.learningRate) < 1e-15)
            #expect(abs(exact.weightDecay - same.weightDecay) < 1e-12)
            #expect(abs(exact.momentum - same.momentum) < 1e-12)
            // A hair before an epoch's first step the epoch before still counts.
            let later = schedules.rates(progress: (Double(step) + 0.5) / 35)
            #expect(later.teacherTemp == exact.teacherTemp && later.lastLayerFrozen == exact.lastLayerFrozen)
        }
    }

    @Test func aRunAnnealsFullyByProgress() {
        let schedules = Schedules(recipe, stepsPerEpoch: 5), end = schedules.rates(progress: 1)
        #expect(abs(end.learningRate - 1e-6) < 1e-15 && abs(end.momentum - 1) < 1e-15)
        #expect(abs(end.weightDecay - 0.4) < 1e-12 && end.teacherTemp == 0.07 && !end.lastLayerFrozen)
        #expect(schedules.rates(progress: 1.5) == end)
        #expect(schedules.rates(progress: -0.5) == schedules.rates(progress: 0))
    }

    @Test func partsOfEpochsAndASingleStepAreARunToo() {
        var recipe = recipe
        recipe.epochs = 0.5
        recipe.warmupEpochs = 0.1
        #expect(Schedules(recipe, stepsPerEpoch: 5).steps == 3)  // 2.5, to the nearest
        #expect(Schedules(recipe, stepsPerEpoch: 1).steps == 1)
        let rates = Schedules(recipe, stepsPerEpoch: 1).rates(step: 0)
        #expect([rates.learningRate, rates.weightDecay, rates.momentum, rates.teacherTemp].allSatisfy { $0.isFinite })
    }
}
