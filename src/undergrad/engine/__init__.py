"""A deep-learning engine on NumPy that reads like PyTorch."""

from undergrad.engine import nn as nn
from undergrad.engine import optim as optim
from undergrad.engine.autograd import no_grad as no_grad
from undergrad.engine.checkpoint import CheckpointError as CheckpointError
from undergrad.engine.checkpoint import load as load
from undergrad.engine.checkpoint import save as save
from undergrad.engine.rng import manual_seed as manual_seed
from undergrad.engine.tensor import Tensor as Tensor
from undergrad.engine.tensor import tensor as tensor
