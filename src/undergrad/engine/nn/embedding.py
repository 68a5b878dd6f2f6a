"""Embedding as a layer: tokens, films or users become rows of numbers that are learned."""

import numpy.typing as npt

from undergrad.engine.nn import init
from undergrad.engine.nn.module import Module, parameter
from undergrad.engine.ops import embedding
from undergrad.engine.tensor import Tensor


class Embedding(Module):
    """A table with one learned row of numbers for each token.

        y = weight[index]

    Arguments:
        num_embeddings: how many tokens there are: the rows of `weight`.
        embedding_dim: the width of a row.
        padding_idx: the row that stands for "nothing here": it starts as 0 and is not trained.
        rng: generator or seed for the first weights, drawn from the standard normal distribution.

    Shape: integers (...) -> (..., embedding_dim); `weight` is (num_embeddings, embedding_dim).

    Examples:
        As in `ops.embedding.embedding_simple`, whose fast form the layer calls:

        >>> index, layer = np.array([[1, 2], [2, 9]]), Embedding(10, 3)
        >>> layer(index).shape
        (2, 2, 3)
        >>> np.array_equal(layer.weight[index].numpy(), layer(index).numpy())
        True
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        rng: init.Rng = None,
    ) -> None:
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ValueError(f"Embedding: padding_idx {padding_idx} is not one of its rows")
        self.weight = init.normal_(parameter(num_embeddings, embedding_dim), rng=rng)
        self.padding_idx = padding_idx
        if padding_idx is not None:
            self.weight.data[padding_idx] = 0

    def forward(self, index: npt.ArrayLike) -> Tensor:
        return embedding.embedding(index, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        rows, columns = self.weight.shape
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{rows}, {columns}{padding}"
