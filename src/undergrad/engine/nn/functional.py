"""The operations and losses as plain functions, under the names that PyTorch gives them."""

from undergrad.engine import doors
from undergrad.engine.ops.attention import grouped_query_attention, scaled_dot_product_attention
from undergrad.engine.ops.batch_norm import batch_norm
from undergrad.engine.ops.binary_cross_entropy import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
)
from undergrad.engine.ops.conv import conv1d, conv2d, conv_transpose2d
from undergrad.engine.ops.cross_entropy import cross_entropy, kl_div, nll_loss
from undergrad.engine.ops.dropout import dropout
from undergrad.engine.ops.elementwise import (
    elu,
    gelu,
    leaky_relu,
    relu,
    sigmoid,
    silu,
    softplus,
    tanh,
)
from undergrad.engine.ops.embedding import embedding
from undergrad.engine.ops.group_norm import group_norm
from undergrad.engine.ops.linalg import linear
from undergrad.engine.ops.llama import rotary_embedding, swiglu
from undergrad.engine.ops.loss import huber_loss, l1_loss, mse_loss, smooth_l1_loss
from undergrad.engine.ops.margin import (
    cosine_embedding_loss,
    hinge_embedding_loss,
    margin_ranking_loss,
    multi_margin_loss,
    triplet_margin_loss,
)
from undergrad.engine.ops.norm import layer_norm, rms_norm
from undergrad.engine.ops.pool import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    avg_pool1d,
    avg_pool2d,
    max_pool1d,
    max_pool2d,
)
from undergrad.engine.ops.shape import pad
from undergrad.engine.ops.softmax import log_softmax, softmax

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "avg_pool1d",
    "avg_pool2d",
    "batch_norm",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "conv1d",
    "conv2d",
    "conv_transpose2d",
    "cosine_embedding_loss",
    "cross_entropy",
    "dropout",
    "elu",
    "embedding",
    "gelu",
    "group_norm",
    "grouped_query_attention",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "margin_ranking_loss",
    "max_pool1d",
    "max_pool2d",
    "mse_loss",
    "multi_margin_loss",
    "nll_loss",
    "pad",
    "relu",
    "rms_norm",
    "rotary_embedding",
    "scaled_dot_product_attention",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "softmax",
    "softplus",
    "swiglu",
    "tanh",
    "triplet_margin_loss",
]

for _name in __all__:
    globals()[_name] = doors.explained(globals()[_name])
