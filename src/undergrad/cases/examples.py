"""A small example of every operation, for the reference page, which shows what it prints.

The examples share a few tensors and arrays, made by `START`, and call the operations by their bare
names. Where several tensors come out, the example picks what is worth seeing.
"""

START = """\
import numpy as np
from undergrad.engine import Tensor

v = Tensor([-1.0, 0.0, 2.0])
w = Tensor([3.0, 4.0, 5.0])
x = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
image = Tensor(np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4))
row = Tensor([[[1.0, 3.0, 2.0, 4.0]]])
zero = Tensor([[0.0]])

def ones(*shape):
    return Tensor(np.ones(shape, np.float32))"""

EXAMPLES = {
    # elementwise
    "add": "add(v, w)",
    "sub": "sub(v, w)",
    "mul": "mul(v, 10.0)",
    "div": "div(v, 4.0)",
    "neg": "neg(v)",
    "pow": "pow(w, 2.0)",
    "exp": "exp(v)",
    "log": "log(w)",
    "sqrt": "sqrt(w)",
    "log1p": "log1p(w)",
    "expm1": "expm1(v)",
    "rsqrt": "rsqrt(w)",
    "sin": "sin(v)",
    "cos": "cos(v)",
    "tanh": "tanh(v)",
    "sigmoid": "sigmoid(v)",
    "relu": "relu(v)",
    "leaky_relu": "leaky_relu(v, negative_slope=0.1)",
    "elu": "elu(v)",
    "silu": "silu(v)",
    "gelu": "gelu(v)",
    "softplus": "softplus(v)",
    "abs": "abs(v)",
    "sign": "sign(v)",
    "clip": "clip(v, min=-0.5, max=1.0)",
    "where": "where(v.data > 0, v, w)",
    "maximum": "maximum(v, 0.5)",
    "minimum": "minimum(v, 0.5)",
    # reduce
    "sum": "sum(x, dim=0)",
    "mean": "mean(x, dim=1, keepdim=True)",
    "var": "var(x, dim=1)",
    "std": "std(x, dim=1)",
    "max": "max(x, dim=1).indices",
    "min": "min(x, dim=0).values",
    "amax": "amax(x, dim=0)",
    "amin": "amin(x, dim=(0, 1))",
    "logsumexp": "logsumexp(x, dim=1)",
    "prod": "prod(x, dim=1)",
    "cumsum": "cumsum(x, dim=1)",
    "norm": "norm(Tensor([3.0, 4.0]))",
    # shape
    "reshape": "reshape(x, (3, -1))",
    "flatten": "flatten(x)",
    "transpose": "transpose(x, 0, 1)",
    "permute": "permute(image, (0, 2, 3, 1)).shape",
    "expand": "expand(v, (2, 3))",
    "squeeze": "squeeze(row, 0)",
    "unsqueeze": "unsqueeze(v, 1)",
    "pad": "pad(v, (1, 2))",
    "concat": "concat([v, w])",
    "stack": "stack([v, w])",
    "split": "split(v, 2)[0]",
    "chunk": "chunk(v, 3)[2]",
    "getitem": "getitem(x, (slice(None), [2, 0]))",
    "gather": "gather(x, 1, [[2], [0]])",
    "index_select": "index_select(x, 1, [2, 2])",
    "scatter_add": "scatter_add(v, 0, [0, 0, 2], w)",
    "flip": "flip(x, (1,))",
    "tril": "tril(x)",
    "triu": "triu(x)",
    # linear algebra
    "matmul": "matmul(x, v)",
    "linear": "linear(v, x, Tensor([10.0, 20.0]))",
    "outer": "outer(v, w)",
    "einsum": "einsum('ij,kj->ik', x, x)",
    "softmax": "softmax(v, dim=0)",
    "log_softmax": "log_softmax(v, dim=0)",
    # images
    "conv2d": "conv2d(image, ones(1, 1, 2, 2), stride=2)",
    "conv1d": "conv1d(row, Tensor([[[-1.0, 1.0]]]))",
    "conv_transpose2d": "conv_transpose2d(Tensor([[[[1.0, 2.0]]]]), ones(1, 1, 1, 2))",
    "max_pool2d": "max_pool2d(image, 2)",
    "max_pool1d": "max_pool1d(row, 2)",
    "avg_pool2d": "avg_pool2d(image, 2)",
    "avg_pool1d": "avg_pool1d(row, 2)",
    "adaptive_avg_pool2d": "adaptive_avg_pool2d(image, (1, 2))",
    "adaptive_avg_pool1d": "adaptive_avg_pool1d(row, 2)",
    "batch_norm": "batch_norm(x, training=True)",
    "group_norm": "group_norm(x, 1)",
    "layer_norm": "layer_norm(x, (3,))",
    "rms_norm": "rms_norm(w, (3,))",
    "dropout": "dropout(w, 0.5, rng=0)",
    # sequences
    "embedding": "embedding([1, 0, 1], x)",
    "rnn": "rnn(ones(2, 1, 1), zero, ones(1, 1), ones(1, 1))[1]",
    "gru": "gru(ones(2, 1, 1), zero, ones(3, 1), ones(3, 1))[1]",
    "lstm": "lstm(ones(2, 1, 1), zero, zero, ones(4, 1), ones(4, 1))[1]",
    "scaled_dot_product_attention": "scaled_dot_product_attention(x, x, x, is_causal=True)",
    "grouped_query_attention": (
        "grouped_query_attention(ones(4, 2, 1), ones(2, 2, 1), ones(2, 2, 1)).shape"
    ),
    "rotary_embedding": "rotary_embedding(Tensor([[1.0, 0.0], [1.0, 0.0]]))",
    "swiglu": "swiglu(v, w)",
    # losses
    "mse_loss": "mse_loss(v, w)",
    "l1_loss": "l1_loss(v, w)",
    "huber_loss": "huber_loss(v, w)",
    "smooth_l1_loss": "smooth_l1_loss(v, w, beta=0.5)",
    "cross_entropy": "cross_entropy(x, [2, 0])",
    "nll_loss": "nll_loss(x.log_softmax(1), [2, 0])",
    "binary_cross_entropy": "binary_cross_entropy(Tensor([0.9, 0.2]), Tensor([1.0, 0.0]))",
    "binary_cross_entropy_with_logits": (
        "binary_cross_entropy_with_logits(v, Tensor([0.0, 1.0, 1.0]))"
    ),
    "kl_div": "kl_div(v.log_softmax(0), w.softmax(0), reduction='sum')",
    "hinge_embedding_loss": "hinge_embedding_loss(w, [1, -1, 1])",
    "margin_ranking_loss": "margin_ranking_loss(v, w, [1, 1, -1])",
    "multi_margin_loss": "multi_margin_loss(x, [2, 0])",
    "triplet_margin_loss": "triplet_margin_loss(v, w, v)",
    "cosine_embedding_loss": "cosine_embedding_loss(x, x, [1, -1])",
}
