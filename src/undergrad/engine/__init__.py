"""A deep-learning engine on NumPy that reads like PyTorch.

The files build on each other, and reading them in this order is a course of its own: `autograd`,
`ops`, `tensor`, `nn`, `optim`, `data`, `parallel`, `train`, `callbacks`, `checkpoint`; and beside
them `metrics`, `detection`, `gradcheck` and `viz`.
"""

from undergrad.engine import callbacks, data, detection, metrics, nn, optim, parallel, viz
from undergrad.engine.autograd import no_grad
from undergrad.engine.checkpoint import CheckpointError, load, save
from undergrad.engine.gradcheck import gradcheck
from undergrad.engine.memory import keep_freed_memory
from undergrad.engine.readable import readable
from undergrad.engine.rng import manual_seed
from undergrad.engine.tensor import Tensor, tensor
from undergrad.engine.train import LossError, Progress, evaluate, train

keep_freed_memory()

__all__ = [
    "CheckpointError",
    "LossError",
    "Progress",
    "Tensor",
    "callbacks",
    "data",
    "detection",
    "evaluate",
    "gradcheck",
    "load",
    "manual_seed",
    "metrics",
    "nn",
    "no_grad",
    "optim",
    "parallel",
    "readable",
    "save",
    "tensor",
    "train",
    "viz",
]
