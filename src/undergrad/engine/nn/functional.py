"""The operations and losses as plain functions, under the names that PyTorch gives them."""

from undergrad.engine.ops.attention import (
    scaled_dot_product_attention as scaled_dot_product_attention,
)
from undergrad.engine.ops.batch_norm import batch_norm as batch_norm
from undergrad.engine.ops.batch_norm import group_norm as group_norm
from undergrad.engine.ops.conv import conv1d as conv1d
from undergrad.engine.ops.conv import conv2d as conv2d
from undergrad.engine.ops.conv import conv_transpose2d as conv_transpose2d
from undergrad.engine.ops.dropout import dropout as dropout
from undergrad.engine.ops.elementwise import elu as elu
from undergrad.engine.ops.elementwise import gelu as gelu
from undergrad.engine.ops.elementwise import leaky_relu as leaky_relu
from undergrad.engine.ops.elementwise import relu as relu
from undergrad.engine.ops.elementwise import sigmoid as sigmoid
from undergrad.engine.ops.elementwise import silu as silu
from undergrad.engine.ops.elementwise import softplus as softplus
from undergrad.engine.ops.elementwise import tanh as tanh
from undergrad.engine.ops.embedding import embedding as embedding
from undergrad.engine.ops.likelihood import cross_entropy as cross_entropy
from undergrad.engine.ops.likelihood import nll_loss as nll_loss
from undergrad.engine.ops.linalg import linear as linear
from undergrad.engine.ops.loss import huber_loss as huber_loss
from undergrad.engine.ops.loss import l1_loss as l1_loss
from undergrad.engine.ops.loss import mse_loss as mse_loss
from undergrad.engine.ops.loss import smooth_l1_loss as smooth_l1_loss
from undergrad.engine.ops.margin import cosine_embedding_loss as cosine_embedding_loss
from undergrad.engine.ops.margin import hinge_embedding_loss as hinge_embedding_loss
from undergrad.engine.ops.margin import margin_ranking_loss as margin_ranking_loss
from undergrad.engine.ops.margin import multi_margin_loss as multi_margin_loss
from undergrad.engine.ops.margin import triplet_margin_loss as triplet_margin_loss
from undergrad.engine.ops.norm import layer_norm as layer_norm
from undergrad.engine.ops.norm import rms_norm as rms_norm
from undergrad.engine.ops.pool import adaptive_avg_pool1d as adaptive_avg_pool1d
from undergrad.engine.ops.pool import adaptive_avg_pool2d as adaptive_avg_pool2d
from undergrad.engine.ops.pool import avg_pool1d as avg_pool1d
from undergrad.engine.ops.pool import avg_pool2d as avg_pool2d
from undergrad.engine.ops.pool import max_pool1d as max_pool1d
from undergrad.engine.ops.pool import max_pool2d as max_pool2d
from undergrad.engine.ops.probability import binary_cross_entropy as binary_cross_entropy
from undergrad.engine.ops.probability import (
    binary_cross_entropy_with_logits as binary_cross_entropy_with_logits,
)
from undergrad.engine.ops.probability import kl_div as kl_div
from undergrad.engine.ops.shape import pad as pad
from undergrad.engine.ops.softmax import log_softmax as log_softmax
from undergrad.engine.ops.softmax import softmax as softmax
