"""A deep-learning engine on NumPy that reads like PyTorch.

The files build on each other, and reading them in this order is a course of its own: `autograd`,
`ops`, `tensor`, `nn`, `optim`, `data`, `train`, `checkpoint`.
"""

from undergrad.engine import data, nn, optim
from undergrad.engine.autograd import no_grad
from undergrad.engine.checkpoint import CheckpointError, load, save
from undergrad.engine.gradcheck import gradcheck
from undergrad.engine.memory import keep_freed_memory
from undergrad.engine.rng import manual_seed
from undergrad.engine.tensor import Tensor, tensor
from undergrad.engine.train import Progress, train

keep_freed_memory()

__all__ = [
    "CheckpointError",
    "Progress",
    "Tensor",
    "data",
    "gradcheck",
    "load",
    "manual_seed",
    "nn",
    "no_grad",
    "optim",
    "save",
    "tensor",
    "train",
]
