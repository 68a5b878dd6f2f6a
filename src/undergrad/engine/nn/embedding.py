"""Embedding as a layer: words, films or users become rows of numbers that are learnt."""

import numpy as np
import numpy.typing as npt

from undergrad.engine.nn import init
from undergrad.engine.nn.module import Module
from undergrad.engine.ops import embedding
from undergrad.engine.tensor import Tensor


class Embedding(Module):
    """A table with one row of `embedding_dim` numbers for each of `num_embeddings` words.

    Arguments:
        num_embeddings, embedding_dim: rows and columns of `weight`, drawn from the bell curve.
        padding_idx: the row that stands for "nothing here": it begins as 0 and is not trained.
        rng: generator or seed for the start.

    Shape: integers (...) -> (..., embedding_dim).

    Examples:
        >>> Embedding(10, 3)(np.array([[1, 2], [2, 9]])).shape
        (2, 2, 3)
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
        shape = num_embeddings, embedding_dim
        self.weight = Tensor(np.empty(shape, np.float32), requires_grad=True)
        self.padding_idx = padding_idx
        init.normal_(self.weight, rng=rng)
        if padding_idx is not None:
            self.weight.data[padding_idx] = 0

    def forward(self, index: npt.ArrayLike) -> Tensor:
        return embedding.embedding(index, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        rows, columns = self.weight.shape
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{rows}, {columns}{padding}"
