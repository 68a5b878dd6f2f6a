"""Recurrent layers: RNN, GRU and LSTM, one above the other, and in both directions if wanted."""

import functools
import math
from typing import Any, ClassVar, Literal

import numpy as np

from undergrad.engine.nn import init
from undergrad.engine.nn.module import Module
from undergrad.engine.ops import dropout as dropouts
from undergrad.engine.ops import lstm, recurrent, shape
from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor


class _Recurrent(Module):
    """What the three share: their weights, and the way of a sequence through the layers.

    The weights of layer k are `weight_ih_lk`, `weight_hh_lk`, `bias_ih_lk` and `bias_hh_lk`; those
    that read backwards have the suffix `_reverse`. All begin evenly within 1 / sqrt(hidden_size).
    """

    gates: ClassVar[int]

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        rng: init.Rng = None,
    ) -> None:
        if min(input_size, hidden_size, num_layers) < 1:
            raise ValueError(f"{type(self).__name__}: sizes and layers must be at least 1")
        dropouts.check_probability(type(self).__name__, dropout)
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, dropout
        self.bidirectional = bidirectional
        self._rng = None if rng is None else generator(rng)
        for layer in range(num_layers):
            size = input_size if layer == 0 else hidden_size * (1 + bidirectional)
            for suffix in self._suffixes(layer):
                self._make_weights(suffix, size)

    def forward(self, x: Tensor, hx: Any = None) -> Any:
        """All states of the last layer, and the last states of all layers.

        Arguments:
            x: (T, N, input_size), with `batch_first` (N, T, input_size), or (T, input_size).
            hx: the states to begin with, (layers * directions, N, hidden_size); 0 when left out.
                For an LSTM a pair of them, h and c.
        """
        if x.ndim == 2:
            return self._without_batch(x, hx)
        if x.ndim != 3 or x.shape[2] != self.input_size:
            raise ValueError(
                f"{type(self).__name__}: x has shape {x.shape}; it needs 3 axes, the last of "
                f"length {self.input_size}"
            )
        x = shape.transpose(x, 0, 1) if self.batch_first else x
        begin = self._begin(x, hx)
        ends: list[tuple[Tensor, ...]] = []
        for layer in range(self.num_layers):
            if layer and self.dropout:
                x = dropouts.dropout(x, self.dropout, self.training, self._rng)
            x = self._read(x, layer, begin, ends)
        states = tuple(shape.stack(each) for each in zip(*ends, strict=True))
        x = shape.transpose(x, 0, 1) if self.batch_first else x
        return x, states[0] if len(states) == 1 else states

    def step_through(self, x: Tensor, begin: tuple[Tensor, ...], weights: list[Tensor]) -> Any:
        """All states of one layer in one direction, then its last ones."""
        raise NotImplementedError

    def _read(
        self,
        x: Tensor,
        layer: int,
        begin: tuple[Tensor, ...],
        ends: list[tuple[Tensor, ...]],
    ) -> Tensor:
        """One layer, in both directions if wanted; adds its last states to `ends`."""
        outputs = []
        for suffix in self._suffixes(layer):
            backwards = suffix.endswith("reverse")
            start = tuple(state[len(ends)] for state in begin)
            along = x[::-1] if backwards else x
            output, *end = self.step_through(along, start, self._weights(suffix))
            outputs.append(output[::-1] if backwards else output)
            ends.append(tuple(end))
        return outputs[0] if len(outputs) == 1 else shape.concat(outputs, 2)

    def _suffixes(self, layer: int) -> list[str]:
        return [f"l{layer}", f"l{layer}_reverse"][: 1 + self.bidirectional]

    def _names(self, suffix: str) -> list[str]:
        kinds = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"][: 4 if self.bias else 2]
        return [f"{kind}_{suffix}" for kind in kinds]

    def _weights(self, suffix: str) -> list[Tensor]:
        return [getattr(self, name) for name in self._names(suffix)]

    def _make_weights(self, suffix: str, size: int) -> None:
        rows, bound = self.gates * self.hidden_size, 1 / math.sqrt(self.hidden_size)
        shapes = [(rows, size), (rows, self.hidden_size), (rows,), (rows,)]
        for name, wanted in zip(self._names(suffix), shapes, strict=False):
            weight = Tensor(np.empty(wanted, np.float32), requires_grad=True)
            setattr(self, name, init.uniform_(weight, -bound, bound, self._rng))

    def _begin(self, x: Tensor, hx: Any) -> tuple[Tensor, ...]:
        wanted = self.num_layers * (1 + self.bidirectional), x.shape[1], self.hidden_size
        pair = isinstance(self, LSTM)
        if hx is None:
            return (Tensor(np.zeros(wanted, x.dtype)),) * (1 + pair)
        states = tuple(hx) if pair else (hx,)
        for state in states:
            if state.shape != wanted:
                raise ValueError(
                    f"{type(self).__name__}: the first state has shape {state.shape}, not {wanted}"
                )
        return states

    def _without_batch(self, x: Tensor, hx: Any) -> Any:
        """A single sequence (T, input_size): a batch of one."""
        dim = 0 if self.batch_first else 1
        if isinstance(hx, Tensor):
            hx = shape.unsqueeze(hx, 1)
        elif hx is not None:
            hx = tuple(shape.unsqueeze(state, 1) for state in hx)
        output, end = self.forward(shape.unsqueeze(x, dim), hx)
        if isinstance(end, Tensor):
            return shape.squeeze(output, dim), shape.squeeze(end, 1)
        return shape.squeeze(output, dim), tuple(shape.squeeze(state, 1) for state in end)

    def extra_repr(self) -> str:
        usual = dict(num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False)
        chosen = [f"{k}={getattr(self, k)}" for k, v in usual.items() if getattr(self, k) != v]
        return ", ".join([str(self.input_size), str(self.hidden_size), *chosen])


class RNN(_Recurrent):
    """The plain recurrent layer: h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh).

    Arguments:
        input_size, hidden_size: numbers of one step, and of the state.
        num_layers: how many layers, each reading the states of the one below.
        nonlinearity: "tanh" or "relu".
        bias: add trained constants.
        batch_first: the batch is the first axis, not the second.
        dropout: between the layers, in training.
        bidirectional: a second set of weights reads backwards; the states of both are joined.

    Shape: (T, N, input_size) -> states (T, N, directions * hidden_size), and the last states
    (num_layers * directions, N, hidden_size).
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: recurrent.Nonlinearity = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        rng: init.Rng = None,
    ) -> None:
        self.nonlinearity: Literal["tanh", "relu"] = nonlinearity
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, rng
        )

    def step_through(self, x: Tensor, begin: tuple[Tensor, ...], weights: list[Tensor]) -> Any:
        read = functools.partial(recurrent.rnn, nonlinearity=self.nonlinearity)
        return read(x, *begin, *weights)


class GRU(_Recurrent):
    """The gated recurrent unit (Cho et al. 2014); arguments and shapes as in `RNN`."""

    gates = 3

    def step_through(self, x: Tensor, begin: tuple[Tensor, ...], weights: list[Tensor]) -> Any:
        return recurrent.gru(x, *begin, *weights)


class LSTM(_Recurrent):
    """Long short-term memory (Hochreiter and Schmidhuber 1997); arguments as in `RNN`.

    Returns all states h, and a pair of the last h and the last c of all layers.
    """

    gates = 4

    def step_through(self, x: Tensor, begin: tuple[Tensor, ...], weights: list[Tensor]) -> Any:
        return lstm.lstm(x, *begin, *weights)
