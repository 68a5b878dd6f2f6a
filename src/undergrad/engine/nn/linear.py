"""The fully connected layer: every output depends on every input."""

import math

from undergrad.engine.nn import init
from undergrad.engine.nn.module import Module, parameter
from undergrad.engine.ops import linalg
from undergrad.engine.tensor import Tensor


class Linear(Module):
    """A fully connected layer, also called dense.

        y = x W^T + b

    Arguments:
        in_features, out_features: the length of the last axis of x, and of y.
        bias: learn b, a constant for each output.
        rng: generator or seed for the first weights, which are drawn uniformly from
            -1/sqrt(in_features) to 1/sqrt(in_features), as in PyTorch.

    Shape: (..., in_features) -> (..., out_features); `weight`, W, is (out_features, in_features),
    and `bias`, b, is (out_features,).

    Examples:
        As in `ops.linalg.linear_simple`, whose fast form the layer calls:

        >>> x, layer = Tensor([[1.0, 2.0, 6.0]]), Linear(3, 2)
        >>> y = x @ layer.weight.T + layer.bias
        >>> np.allclose(y.numpy(), layer(x).numpy())
        True
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, rng: init.Rng = None
    ) -> None:
        if in_features < 1 or out_features < 1:
            raise ValueError(f"Linear needs features, not {in_features} in, {out_features} out")
        bound = 1 / math.sqrt(in_features)
        self.weight = init.uniform_(parameter(out_features, in_features), -bound, bound, rng)
        self.bias = init.uniform_(parameter(out_features), -bound, bound, rng) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        return linalg.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        out_features, in_features = self.weight.shape
        return (
            f"in_features={in_features}, out_features={out_features}, bias={self.bias is not None}"
        )
