public import ArgumentParser
public import Checkpoints
public import DINOTraining

extension CheckpointKey: ExpressibleByArgument {}

extension ModelFeatures.Kind: ExpressibleByArgument {}

extension Localization.Method: ExpressibleByArgument {}
