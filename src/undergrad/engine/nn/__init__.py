"""Layers, losses and how weights begin. Names, arguments and parameter names as in `torch.nn`."""

from undergrad.engine.nn import functional as functional
from undergrad.engine.nn import init as init
from undergrad.engine.nn.activation import LeakyReLU as LeakyReLU
from undergrad.engine.nn.activation import LogSoftmax as LogSoftmax
from undergrad.engine.nn.activation import ReLU as ReLU
from undergrad.engine.nn.activation import Sigmoid as Sigmoid
from undergrad.engine.nn.activation import Softmax as Softmax
from undergrad.engine.nn.activation import Softplus as Softplus
from undergrad.engine.nn.activation import Tanh as Tanh
from undergrad.engine.nn.container import Flatten as Flatten
from undergrad.engine.nn.container import Identity as Identity
from undergrad.engine.nn.container import Sequential as Sequential
from undergrad.engine.nn.linear import Linear as Linear
from undergrad.engine.nn.loss import CrossEntropyLoss as CrossEntropyLoss
from undergrad.engine.nn.loss import HuberLoss as HuberLoss
from undergrad.engine.nn.loss import L1Loss as L1Loss
from undergrad.engine.nn.loss import MSELoss as MSELoss
from undergrad.engine.nn.loss import SmoothL1Loss as SmoothL1Loss
from undergrad.engine.nn.module import Module as Module
