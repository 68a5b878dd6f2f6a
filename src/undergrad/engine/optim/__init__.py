"""Optimisers: how to change the weights, once their gradients are known."""

from undergrad.engine.optim import lr_scheduler
from undergrad.engine.optim.adam import Adam, AdamW
from undergrad.engine.optim.adaptive import Adagrad, Adamax, Lion, NAdam, RMSprop
from undergrad.engine.optim.clip import clip_grad_norm_, clip_grad_value_
from undergrad.engine.optim.muon import Muon
from undergrad.engine.optim.optimizer import Optimizer
from undergrad.engine.optim.sgd import SGD

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Lion",
    "Muon",
    "NAdam",
    "Optimizer",
    "RMSprop",
    "clip_grad_norm_",
    "clip_grad_value_",
    "lr_scheduler",
]
