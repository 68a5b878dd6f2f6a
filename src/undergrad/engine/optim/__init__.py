"""Optimisers: how to change the weights, once their gradients are known."""

from undergrad.engine.optim import lr_scheduler as lr_scheduler
from undergrad.engine.optim.adam import Adam as Adam
from undergrad.engine.optim.adam import AdamW as AdamW
from undergrad.engine.optim.adaptive import Adagrad as Adagrad
from undergrad.engine.optim.adaptive import Adamax as Adamax
from undergrad.engine.optim.adaptive import Lion as Lion
from undergrad.engine.optim.adaptive import NAdam as NAdam
from undergrad.engine.optim.adaptive import RMSprop as RMSprop
from undergrad.engine.optim.clip import clip_grad_norm_ as clip_grad_norm_
from undergrad.engine.optim.clip import clip_grad_value_ as clip_grad_value_
from undergrad.engine.optim.optimizer import Optimizer as Optimizer
from undergrad.engine.optim.sgd import SGD as SGD
