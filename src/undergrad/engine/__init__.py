"""A deep-learning engine on NumPy that reads like PyTorch.

The files build on each other, and reading them in this order is a course of its own: `autograd`,
`ops`, `tensor`, `nn`, `optim`, `data`, `training`; and beside them the `tools`: `gradcheck`, `viz`,
`summary`, `lr_finder`, `metrics` and `detection`. Data to learn from is in `undergrad.datasets`.
"""

from undergrad.engine import data, moved, nn, optim
from undergrad.engine.allocator import keep_freed_memory
from undergrad.engine.grad_mode import no_grad
from undergrad.engine.rng import manual_seed
from undergrad.engine.tensor import Tensor, tensor
from undergrad.engine.thread_pool import threads
from undergrad.engine.tools import detection, metrics, viz
from undergrad.engine.tools.gradcheck import gradcheck
from undergrad.engine.training import callbacks, checkpoint, parallel
from undergrad.engine.training.checkpoint import CheckpointError, load, save
from undergrad.engine.training.train import LossError, Progress, evaluate, train
from undergrad.engine.twins import readable

keep_freed_memory()
moved.keep_old_names()

__all__ = [
    "CheckpointError",
    "LossError",
    "Progress",
    "Tensor",
    "callbacks",
    "checkpoint",
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
    "threads",
    "train",
    "viz",
]
