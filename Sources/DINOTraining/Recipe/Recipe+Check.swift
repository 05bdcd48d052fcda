extension Recipe {
    /// Refuses what contradicts itself.
    public func check() throws(TrainingError) {
        try checkNetwork()
        try checkCrops()
        try checkAugmentation()
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
        try checkSide(imageSize, of: "images")
        try require((2...1_048_576).contains(head.outDim), "--out_dim is \(head.outDim), expected 2 to 1048576")
        try require(
            (1...16384).contains(head.hidden) && (1...16384).contains(head.bottleneck),
            "the head's widths are \(head.hidden) and \(head.bottleneck), expected 1 to 16384")
        try require((0..<1).contains(dropPathRate), "--drop_path_rate is \(dropPathRate), expected 0 to under 1")
    }

    private func checkSide(_ side: Int, of what: String) throws(TrainingError) {
        try require(
            side >= network.patchSize && side % network.patchSize == 0 && side <= 2048,
            "\(what) of \(side) px do not divide into patches of \(network.patchSize) px: choose a multiple, 2048 at most"
        )
    }

    private func checkCrops() throws(TrainingError) {
        try require(
            (0...1000).contains(crops.localNumber), "--local_crops_number is \(crops.localNumber), expected 0 to 1000")
        try checkSide(crops.globalSize, of: "crops")
        if crops.localNumber > 0 { try checkSide(crops.localSize, of: "crops") }
        for (flag, scale) in [
            ("--global_crops_scale", crops.globalScale), ("--local_crops_scale", crops.localScale),
        ] {
            try require(
                scale.least > 0 && scale.least <= scale.largest && scale.largest <= 1,
                "\(flag) \(scale.least) \(scale.largest) is no range of shares of an image: expected two numbers over 0, the "
                    + "lesser first, 1 at most")
        }
        guard let early = crops.early else { return }
        try require((0...1).contains(early.until), "smaller crops until \(early.until) of the run, expected 0 to 1")
        try checkSide(early.globalSize, of: "crops")
        if crops.localNumber > 0 { try checkSide(early.localSize, of: "crops") }
    }

    private func checkAugmentation() throws(TrainingError) {
        let chosen = augmentation
        let chances = [chosen.flip, chosen.jitter, chosen.gray, chosen.solarize] + chosen.blur
        try require(
            chances.allSatisfy { (0...1).contains($0) } && chosen.blur.count == 3,
            "the chances of flip, jitter, grey, solarise and of the three blurs are \(chances), expected each within 0 and 1"
        )
        let strengths = [chosen.brightness, chosen.contrast, chosen.saturation]
        try require(
            strengths.allSatisfy { (0...1).contains($0) } && (0...0.5).contains(chosen.hue),
            "the strengths of brightness, contrast and saturation are \(strengths), of hue \(chosen.hue), expected 0 to 1 and "
                + "0 to 0.5")
        let sigma = chosen.blurSigma
        try require(
            sigma.count == 2 && sigma[0] > 0 && sigma[0] <= sigma[1] && sigma[1] <= 100,
            "the strengths of blur are \(sigma), expected two numbers over 0, the lesser first, 100 at most")
    }

    private func checkRun() throws(TrainingError) {
        try require(batch >= 1 && batch <= 65536, "the batch is \(batch), expected 1 to 65536")
        try require(epochs > 0 && epochs.isFinite, "--epochs is \(epochs), expected more than 0")
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
        try require(
            studentTemp > 0 && teacherTemp > 0 && warmupTeacherTemp > 0, "temperatures must be more than 0")
        try require(
            (0...1).contains(momentumTeacher) && (0...1).contains(momentumTeacherEnd) && (0..<1).contains(centerMomentum), "momenta lie between 0 and 1")
        try require(
            learningRate >= 0 && minLearningRate >= 0 && weightDecay >= 0 && weightDecayEnd >= 0 && clipGrad >= 0,
            "rates, decay and clipping must not be negative")
    }
}
