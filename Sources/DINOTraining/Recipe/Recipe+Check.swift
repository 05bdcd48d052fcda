extension Recipe {
    /// Refuses what contradicts itself.
    public func check() throws(TrainingError) {
        try checkNetwork()
        try checkCrops()
        try checkPatches()
        try checkRun()
        try checkRates()
    }

    private func require(_ holds: Bool, _ sentence: @autoclosure () -> String) throws(TrainingError) {
        guard holds else { throw .recipe(sentence()) }
    }

    private func checkNetwork() throws(TrainingError) {
        let shape = network, hidden = Double(shape.embedDim) * shape.mlpRatio
        try require(
            (1...4096).contains(shape.embedDim) && (1...200).contains(shape.depth) && shape.heads >= 1,
            "the network's width \(shape.embedDim), depth \(shape.depth) and heads \(shape.heads) must be positive, the width "
                + "4096 and the depth 200 at most")
        try require(
            shape.embedDim % shape.heads == 0,
            "a width of \(shape.embedDim) does not divide into \(shape.heads) heads: choose a divisor")
        try require(
            hidden.rounded() >= 1 && hidden <= 65536,
            "the feed-forward layers are \(shape.mlpRatio) times as wide as a token, expected a width of 1 to 65536")
        try require((1...256).contains(shape.patchSize), "--patch_size is \(shape.patchSize), expected 1 to 256")
        try require((2...1_048_576).contains(head.outDim), "--out_dim is \(head.outDim), expected 2 to 1048576")
        try require(
            (1...16384).contains(head.hidden) && (1...16384).contains(head.bottleneck),
            "the head's widths are \(head.hidden) and \(head.bottleneck), expected 1 to 16384")
        try require((0..<1).contains(dropPathRate), "--drop_path_rate is \(dropPathRate), expected 0 to under 1")
    }

    private func checkPatches() throws(TrainingError) {
        let patch = network.patchSize
        try require(
            imageSize >= patch && imageSize % patch == 0 && imageSize <= 2048,
            "images of \(imageSize) px do not divide into patches of \(patch) px: choose a multiple, 2048 at most")
        let globals = [crops.globalSize, crops.early?.globalSize ?? crops.globalSize]
        let locals = crops.localNumber > 0 ? [crops.localSize, crops.early?.localSize ?? crops.localSize] : []
        try require(
            (globals + locals).allSatisfy { $0 % patch == 0 },
            "crops of \((globals + locals).map(String.init).joined(separator: ", ")) px do not all divide into patches of "
                + "\(patch) px: choose multiples for --global_crops_size, --local_crops_size and --early")
        try require(
            crops.early.map { (0...1).contains($0.until) } ?? true, "--early lasts until a share of the run from 0 to 1"
        )
    }

    private func checkRun() throws(TrainingError) {
        try require(batch >= 1 && batch <= 65536, "the batch is \(batch), expected 1 to 65536")
        try require(
            epochs > 0 && epochs <= 1_000_000, "--epochs is \(epochs), expected more than 0, 1000000 at most")
        if let hours { try require(hours > 0 && hours.isFinite, "--hours is \(hours), expected more than 0") }
        try require(
            warmupEpochs >= 0 && warmupEpochs < epochs,
            "--warmup_epochs \(warmupEpochs) leaves nothing of --epochs \(epochs): choose fewer")
        try require(
            warmupTeacherTempEpochs >= 0 && warmupTeacherTempEpochs.isFinite,
            "--warmup_teacher_temp_epochs is \(warmupTeacherTempEpochs), expected 0 or more")
        try require(
            freezeLastLayer >= 0 && freezeLastLayer.isFinite,
            "--freeze_last_layer is \(freezeLastLayer), expected 0 or more")
    }

    private func checkRates() throws(TrainingError) {
        let temperatures = [studentTemp, teacherTemp, warmupTeacherTemp]
        try require(temperatures.allSatisfy { $0 > 0 && $0.isFinite }, "temperatures must be more than 0, and finite")
        try require(
            (0...1).contains(momentumTeacher) && (0...1).contains(momentumTeacherEnd)
                && (0..<1).contains(centerMomentum), "momenta lie between 0 and 1")
        let rates = [learningRate, minLearningRate, weightDecay, weightDecayEnd, clipGrad]
        try require(
            rates.allSatisfy { $0 >= 0 && $0.isFinite },
            "rates, decay and clipping must be finite and not negative; --clip_grad 0 clips nothing")
    }
}
