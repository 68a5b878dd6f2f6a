"""Recurrent layers: RNN, GRU and LSTM, stacked, and in both directions if wanted.

Letters: T steps, N sequences, I features of a step, H hidden features, D directions (1 or 2).
"""

import functools
import math
from typing import Any, ClassVar

import numpy as np

from undergrad.engine.nn import init
from undergrad.engine.nn.module import Module, parameter
from undergrad.engine.ops import dropout as dropouts
from undergrad.engine.ops import lstm, recurrent, shape
from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor


class _Recurrent(Module):
    """What the three share: their parameters, and the path of a sequence through the layers.

    The parameters of layer k are `weight_ih_lk`, `weight_hh_lk`, `bias_ih_lk` and `bias_hh_lk`, as
    in PyTorch; those of the reverse direction end in `_reverse`. All are drawn uniformly from
    -1/sqrt(hidden_size) to 1/sqrt(hidden_size).
    """

    gates: ClassVar[int]
    kinds_of_state: ClassVar[int] = 1  # h; for an LSTM also c

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
                self._add_parameters(suffix, size)

    def forward(self, x: Tensor, hx: Any = None) -> Any:
        """The hidden states of the last layer at all steps, and the final states of all layers.

        Arguments:
            x: (T, N, I), with `batch_first` (N, T, I), or a single sequence (T, I).
            hx: the initial hidden states, (num_layers * D, N, H); 0 when left out. For an LSTM a
                pair of them, h and c.
        """
        if x.ndim == 2:
            return self._unbatched(x, hx)
        if x.ndim != 3 or x.shape[2] != self.input_size:
            raise ValueError(
                f"{type(self).__name__}: x has shape {x.shape}; it needs 3 axes, the last of "
                f"length {self.input_size}"
            )
        x = shape.transpose(x, 0, 1) if self.batch_first else x
        initial = self._initial_states(x, hx)
        final: list[list[Tensor]] = []  # of each layer and direction
        for layer in range(self.num_layers):
            if layer and self.dropout:
                x = dropouts.dropout(x, self.dropout, self.training, self._rng)
            outputs = []
            for suffix in self._suffixes(layer):
                reverse = suffix.endswith("reverse")
                states = [state[len(final)] for state in initial]
                steps = x[::-1] if reverse else x
                output, *last = self.one_layer(steps, states, self._parameters(suffix))
                outputs.append(output[::-1] if reverse else output)
                final.append(last)
            x = outputs[0] if len(outputs) == 1 else shape.concat(outputs, 2)
        stacked = tuple(shape.stack(each) for each in zip(*final, strict=True))
        x = shape.transpose(x, 0, 1) if self.batch_first else x
        return x, stacked[0] if len(stacked) == 1 else stacked

    def one_layer(self, x: Tensor, states: list[Tensor], parameters: list[Tensor]) -> Any:
        """The hidden states of one layer in one direction at all steps, then its final ones."""
        raise NotImplementedError

    def _suffixes(self, layer: int) -> list[str]:
        return [f"l{layer}", f"l{layer}_reverse"][: 1 + self.bidirectional]

    def _names(self, suffix: str) -> list[str]:
        kinds = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"][: 4 if self.bias else 2]
        return [f"{kind}_{suffix}" for kind in kinds]

    def _parameters(self, suffix: str) -> list[Tensor]:
        return [getattr(self, name) for name in self._names(suffix)]

    def _add_parameters(self, suffix: str, size: int) -> None:
        rows, bound = self.gates * self.hidden_size, 1 / math.sqrt(self.hidden_size)
        shapes = [(rows, size), (rows, self.hidden_size), (rows,), (rows,)]
        for name, wanted in zip(self._names(suffix), shapes, strict=False):
            setattr(self, name, init.uniform_(parameter(*wanted), -bound, bound, self._rng))

    def _initial_states(self, x: Tensor, hx: Any) -> tuple[Tensor, ...]:
        wanted = self.num_layers * (1 + self.bidirectional), x.shape[1], self.hidden_size
        if hx is None:
            return (Tensor(np.zeros(wanted, x.dtype)),) * self.kinds_of_state
        states = (hx,) if self.kinds_of_state == 1 else tuple(hx)
        for state in states:
            if state.shape != wanted:
                raise ValueError(
                    f"{type(self).__name__}: an initial state has shape {state.shape}, not {wanted}"
                )
        return states

    def _unbatched(self, x: Tensor, hx: Any) -> Any:
        """A single sequence (T, I): a batch of one."""
        dim = 0 if self.batch_first else 1
        if isinstance(hx, Tensor):
            hx = shape.unsqueeze(hx, 1)
        elif hx is not None:
            hx = tuple(shape.unsqueeze(state, 1) for state in hx)
        output, final = self.forward(shape.unsqueeze(x, dim), hx)
        if isinstance(final, Tensor):
            return shape.squeeze(output, dim), shape.squeeze(final, 1)
        return shape.squeeze(output, dim), tuple(shape.squeeze(state, 1) for state in final)

    def extra_repr(self) -> str:
        defaults = dict(
            num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False
        )
        chosen = [f"{k}={getattr(self, k)}" for k, v in defaults.items() if getattr(self, k) != v]
        return ", ".join([str(self.input_size), str(self.hidden_size), *chosen])


class RNN(_Recurrent):
    """The plain recurrent layer (Elman 1990).

        h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh)

    Arguments:
        input_size, hidden_size: I and H, the features of one step and of the hidden state.
        num_layers: how many layers, each reading the hidden states of the one below.
        nonlinearity: "tanh" or "relu".
        bias: learn b_ih and b_hh.
        batch_first: the batch is the first axis, not the second.
        dropout: probability, between the layers, in training.
        bidirectional: a second set of parameters reads the sequence in reverse; the hidden states
            of both directions are concatenated.
        rng: generator or seed for the first weights and the dropout.

    Shape: (T, N, I) -> hidden states (T, N, D * H) and final ones (num_layers * D, N, H).

    Examples:
        As in `ops.recurrent.rnn_simple`, whose fast form the layer calls:

        >>> x, layer = Tensor(np.ones((2, 1, 3), np.float32)), RNN(3, 4)
        >>> W_ih, W_hh = layer.weight_ih_l0, layer.weight_hh_l0
        >>> b_ih, b_hh = layer.bias_ih_l0, layer.bias_hh_l0
        >>> h = Tensor(np.zeros((1, 4), np.float32))
        >>> for x_t in x:
        ...     h = (x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh).tanh()
        >>> output, final = layer(x)
        >>> np.allclose(h.numpy(), output[-1].numpy(), atol=1e-6)
        True
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
        self.nonlinearity: recurrent.Nonlinearity = nonlinearity
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, rng
        )

    def one_layer(self, x: Tensor, states: list[Tensor], parameters: list[Tensor]) -> Any:
        rnn = functools.partial(recurrent.rnn, nonlinearity=self.nonlinearity)
        return rnn(x, *states, *parameters)


class GRU(_Recurrent):
    """The gated recurrent unit (Cho et al. 2014).

        r = sigmoid(W_ir x_t + b_ir + W_hr h_(t-1) + b_hr)          the reset gate
        z = sigmoid(W_iz x_t + b_iz + W_hz h_(t-1) + b_hz)          the update gate
        n = tanh(W_in x_t + b_in + r * (W_hn h_(t-1) + b_hn))       the candidate
        h_t = (1 - z) * n + z * h_(t-1)

    `weight_ih_l0` holds W_ir, W_iz and W_in, one below the other, and likewise the others. The
    arithmetic can be read in `ops.recurrent.gru_simple`, whose fast form the layer calls.

    Arguments as in `RNN`, without `nonlinearity`.

    Shape: (T, N, I) -> hidden states (T, N, D * H) and final ones (num_layers * D, N, H).

    Examples:
        >>> output, final = GRU(3, 4, num_layers=2)(Tensor(np.ones((5, 1, 3), np.float32)))
        >>> output.shape, final.shape
        ((5, 1, 4), (2, 1, 4))
    """

    gates = 3

    def one_layer(self, x: Tensor, states: list[Tensor], parameters: list[Tensor]) -> Any:
        return recurrent.gru(x, *states, *parameters)


class LSTM(_Recurrent):
    """Long short-term memory (Hochreiter and Schmidhuber 1997).

        i = sigmoid(W_ii x_t + b_ii + W_hi h_(t-1) + b_hi)          the input gate
        f = sigmoid(W_if x_t + b_if + W_hf h_(t-1) + b_hf)          the forget gate
        g = tanh(W_ig x_t + b_ig + W_hg h_(t-1) + b_hg)             the candidate
        o = sigmoid(W_io x_t + b_io + W_ho h_(t-1) + b_ho)          the output gate
        c_t = f * c_(t-1) + i * g
        h_t = o * tanh(c_t)

    `weight_ih_l0` holds W_ii, W_if, W_ig and W_io, one below the other, and likewise the others.
    The arithmetic can be read in `ops.lstm.lstm_simple`, whose fast form the layer calls.

    Arguments as in `RNN`, without `nonlinearity`.

    Shape: (T, N, I) -> hidden states (T, N, D * H), and a pair of the final h and the final c, each
    (num_layers * D, N, H).

    Examples:
        >>> output, (h, c) = LSTM(3, 4, bidirectional=True)(Tensor(np.ones((5, 1, 3), np.float32)))
        >>> output.shape, h.shape, c.shape
        ((5, 1, 8), (2, 1, 4), (2, 1, 4))
    """

    gates, kinds_of_state = 4, 2

    def one_layer(self, x: Tensor, states: list[Tensor], parameters: list[Tensor]) -> Any:
        return lstm.lstm(x, *states, *parameters)
