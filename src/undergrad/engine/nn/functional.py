"""The operations and losses as plain functions, under the names that PyTorch gives them."""

from undergrad.engine.ops.elementwise import leaky_relu as leaky_relu
from undergrad.engine.ops.elementwise import relu as relu
from undergrad.engine.ops.elementwise import sigmoid as sigmoid
from undergrad.engine.ops.elementwise import softplus as softplus
from undergrad.engine.ops.elementwise import tanh as tanh
from undergrad.engine.ops.linalg import linear as linear
from undergrad.engine.ops.loss import huber_loss as huber_loss
from undergrad.engine.ops.loss import l1_loss as l1_loss
from undergrad.engine.ops.loss import mse_loss as mse_loss
from undergrad.engine.ops.loss import smooth_l1_loss as smooth_l1_loss
from undergrad.engine.ops.shape import pad as pad
from undergrad.engine.ops.softmax import cross_entropy as cross_entropy
from undergrad.engine.ops.softmax import log_softmax as log_softmax
from undergrad.engine.ops.softmax import softmax as softmax
