"""All schedules of the learning rate, named as in `torch.optim.lr_scheduler`."""

from undergrad.engine.optim.one_cycle import OneCycleLR as OneCycleLR
from undergrad.engine.optim.plateau import ReduceLROnPlateau as ReduceLROnPlateau
from undergrad.engine.optim.schedule import ChainedScheduler as ChainedScheduler
from undergrad.engine.optim.schedule import CosineAnnealingLR as CosineAnnealingLR
from undergrad.engine.optim.schedule import (
    CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts,
)
from undergrad.engine.optim.schedule import ExponentialLR as ExponentialLR
from undergrad.engine.optim.schedule import LambdaLR as LambdaLR
from undergrad.engine.optim.schedule import LinearLR as LinearLR
from undergrad.engine.optim.schedule import MultiStepLR as MultiStepLR
from undergrad.engine.optim.schedule import Schedule as Schedule
from undergrad.engine.optim.schedule import SequentialLR as SequentialLR
from undergrad.engine.optim.schedule import StepLR as StepLR
