"""The records of the losses, as functions and as layers."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

from undergrad.engine import nn
from undergrad.engine.autograd import Array
from undergrad.engine.cases.draws import Draw, both, uniform
from undergrad.engine.cases.record import Layer, Operation, Refusal, Rng, Sample
from undergrad.engine.ops import likelihood, loss, margin, probability
from undergrad.engine.tensor import Tensor

Settings: TypeAlias = dict[str, Any]
Inputs: TypeAlias = Callable[[Rng], tuple[Any, ...]]

_MATRIX = Tensor(np.full((2, 3), 0.5))
_EMPTY = Tensor(np.ones((0, 3)))
_REDUCTIONS: tuple[Settings, ...] = ({}, {"reduction": "sum"}, {"reduction": "none"})
_WEIGHT = np.array([0.5, 2.0, 1.0, 0.25])  # of four classes


def with_arrays(theirs: Callable[..., Any]) -> Callable[..., Any]:
    """PyTorch's function, whose settings must be tensors where ours are arrays."""

    def called(*args: Any, **kwargs: Any) -> Any:
        return theirs(*args, **_as_tensors(kwargs))

    return called


def _as_tensors(settings: Settings) -> Settings:
    torch = importlib.import_module("torch")
    return {
        name: torch.tensor(value.astype(np.float32)) if isinstance(value, np.ndarray) else value
        for name, value in settings.items()
    }


def _functions(inputs: Inputs, *variants: Settings) -> Draw:
    """The function called with fresh inputs: reduced in each way, and with each of the settings."""

    def draw(rng: Rng) -> Iterator[Sample]:
        for kwargs in (*_REDUCTIONS, *variants):
            yield Sample(f"{list(kwargs)}", inputs(rng), kwargs)

    return draw


def _layers(inputs: Inputs, *variants: Settings) -> Draw:
    """The layer made with each of the settings."""

    def draw(rng: Rng) -> Iterator[Sample]:
        for settings in ({}, {"reduction": "sum"}, *variants):
            yield Sample(f"{list(settings)}", inputs(rng), settings=settings)

    return draw


def _only(*samples: Callable[[Rng], Sample]) -> Draw:
    return lambda rng: (sample(rng) for sample in samples)


# Inputs


def _two(rng: Rng) -> tuple[Array, Array]:
    return uniform(rng, (3, 4)), uniform(rng, (3, 4))


def _scored(rng: Rng) -> tuple[Array, Array]:
    return uniform(rng, (5, 4)), rng.integers(0, 4, 5)


def _places(rng: Rng) -> tuple[Array, Array]:
    """A class at each of 2 x 3 places."""
    return uniform(rng, (2, 4, 2, 3)), rng.integers(0, 4, (2, 2, 3))


def _shares(rng: Rng) -> tuple[Array, Array]:
    return uniform(rng, (3, 4), 0.05, 0.95), uniform(rng, (3, 4), 0.05, 0.95)


def _answered(rng: Rng) -> tuple[Array, Array]:
    return uniform(rng, (3, 4)), uniform(rng, (3, 4), 0, 1)


def _signed(rng: Rng) -> tuple[Array, Array]:
    return uniform(rng, (3, 4)), rng.choice([-1, 1], (3, 4))


def _ranked(rng: Rng) -> tuple[Array, Array, Array]:
    return uniform(rng, (5,)), uniform(rng, (5,)), rng.choice([-1, 1], 5)


def _triplets(rng: Rng) -> tuple[Array, Array, Array]:
    return uniform(rng, (4, 3)), uniform(rng, (4, 3)), uniform(rng, (4, 3))


def _angles(rng: Rng) -> tuple[Array, Array, Array]:
    return uniform(rng, (5, 3)), uniform(rng, (5, 3)), np.array([1, -1, 1, -1, -1])


def _differences(rng: Rng, **extra: float) -> Iterator[Sample]:
    """Predictions and targets of every kind."""
    for kwargs in _REDUCTIONS:
        yield Sample(f"{kwargs}", _two(rng), {**kwargs, **extra})
    yield Sample("one number", (uniform(rng, ()), uniform(rng, ())), extra)
    yield Sample("large", (np.array([1e10, -1e10, 0.0]), np.zeros(3)), extra, smooth=False)
    yield Sample("transposed layout", (uniform(rng, (4, 3)).T, uniform(rng, (3, 4))), extra)


def _classes(rng: Rng) -> Iterator[Sample]:
    """One example, many places, extreme scores, ignored labels."""
    yield Sample("one example", (uniform(rng, (4,)), np.array(2)))
    yield Sample("large", (1e4 * uniform(rng, (3, 4)), rng.integers(0, 4, 3)), smooth=False)
    for kwargs in (*_REDUCTIONS, {"weight": _WEIGHT}):
        yield Sample(f"at places {list(kwargs)}", _places(rng), kwargs)
    ignored = np.array([0, -100, 3, -100, 1])
    yield Sample("some ignored", (uniform(rng, (5, 4)), ignored))
    yield Sample("none of 3", (uniform(rng, (3, 4)), np.array([3, 0, 3])), {"ignore_index": 3})
    yield Sample("ignored, weighted", (uniform(rng, (5, 4)), ignored), {"weight": _WEIGHT})


def _smoothed(rng: Rng) -> Iterator[Sample]:
    ignored = np.array([0, -100, 3, -100, 1])
    for kwargs in (
        {"label_smoothing": 0.2},
        {"label_smoothing": 1.0},
        {"label_smoothing": 0.3, "weight": _WEIGHT},
        {"label_smoothing": 0.3, "weight": _WEIGHT, "reduction": "none"},
    ):
        yield Sample(f"{list(kwargs)}", (uniform(rng, (5, 4)), ignored), kwargs)


def _masked(rng: Rng) -> Iterator[Sample]:
    """A score of minus infinity: what cannot be chosen."""
    scores = uniform(rng, (2, 4))
    scores[:, 1] = -np.inf
    yield Sample("an impossible class", (scores, np.array([0, 3])), smooth=False)


def _probabilities(rng: Rng) -> Iterator[Sample]:
    wanted = rng.dirichlet(np.ones(4), 3)
    for kwargs in (
        *_REDUCTIONS,
        {"weight": _WEIGHT},
        {"label_smoothing": 0.2, "weight": _WEIGHT},
    ):
        yield Sample(
            f"wanted {list(kwargs)}", (uniform(rng, (3, 4)),), {**kwargs, "target": wanted}
        )
    places = rng.dirichlet(np.ones(4), (2, 3)).swapaxes(1, 2)  # (2, 4, 3)
    yield Sample("wanted at places", (uniform(rng, (2, 4, 3)),), {"target": places})


def _certain(rng: Rng) -> Iterator[Sample]:
    certain, answers = np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0, 0.0])
    yield Sample("certain, right and wrong", (certain, answers), smooth=False)


def _extreme_scores(rng: Rng) -> Iterator[Sample]:
    scores = np.array([-1e4, -50.0, 0.0, 50.0, 1e4])
    for answer in (0.0, 1.0):
        yield Sample(f"extreme, {answer}", (scores, np.full(5, answer)), smooth=False)


_BAD_CLASSES = (
    Refusal("integer targets of shape (2,)", (_MATRIX, np.zeros((2, 1), int))),
    Refusal("between 0 and 2", (_MATRIX, np.array([0, 3]))),
    Refusal("between 0 and 2", (_MATRIX, np.array([0, -1]))),
    Refusal("one number a class", (_MATRIX, np.array([0, 1])), {"weight": np.ones(2)}),
    Refusal("nothing to average", (_EMPTY, np.zeros(0, int))),
    Refusal("nothing to average", (_MATRIX, np.array([-100, -100]))),
    Refusal("'mean', 'sum' or 'none'", (_MATRIX, np.array([0, 1])), {"reduction": "average"}),
)
_UNEQUAL = Refusal("prediction has shape (2, 3), target (2,)", (_MATRIX, np.zeros(2)))
_NOTHING = Refusal("nothing to average", (_EMPTY, np.zeros((0, 3))))
_NO_SIGNS = Refusal("must hold 1 and -1", (_MATRIX, np.zeros((2, 3))))

LOSSES = (
    Operation(
        "mse_loss",
        loss.mse_loss,
        "torch.nn.functional.mse_loss",
        _differences,
        refusals=(
            _UNEQUAL,
            _NOTHING,
            Refusal("'mean', 'sum' or 'none'", (_MATRIX, _MATRIX, "average")),
        ),
    ),
    Operation("l1_loss", loss.l1_loss, "torch.nn.functional.l1_loss", _differences),
    Operation(
        "huber_loss",
        loss.huber_loss,
        "torch.nn.functional.huber_loss",
        both(_differences, lambda rng: _differences(rng, delta=0.5)),
        refusals=(Refusal("delta must be positive", (_MATRIX, _MATRIX, "mean", 0.0)),),
    ),
    Operation(
        "smooth_l1_loss",
        loss.smooth_l1_loss,
        "torch.nn.functional.smooth_l1_loss",
        both(
            _differences,
            lambda rng: _differences(rng, beta=0.5),
            lambda rng: _differences(rng, beta=0.0),
        ),
    ),
    Operation(
        "cross_entropy",
        likelihood.cross_entropy,
        "torch.nn.functional.cross_entropy",
        both(
            _functions(_scored, {"weight": _WEIGHT}), _classes, _smoothed, _masked, _probabilities
        ),
        twin=likelihood.cross_entropy_simple,
        adapted=with_arrays,
        refusals=(
            *_BAD_CLASSES,
            Refusal("not in [0, 1]", (_MATRIX, np.array([0, 1])), {"label_smoothing": 2}),
            Refusal("probabilities of shape (2,)", (_MATRIX, np.ones(2))),
            Refusal("detach()", (_MATRIX, Tensor(np.ones((2, 3)), requires_grad=True))),
        ),
    ),
    Operation(
        "nll_loss",
        likelihood.nll_loss,
        "torch.nn.functional.nll_loss",
        both(_functions(_scored, {"weight": _WEIGHT}), _classes),
        adapted=with_arrays,
        refusals=_BAD_CLASSES,
    ),
    Operation(
        "binary_cross_entropy",
        probability.binary_cross_entropy,
        "torch.nn.functional.binary_cross_entropy",
        both(_functions(_shares, {"weight": _WEIGHT}), _certain),
        adapted=with_arrays,
        refusals=(
            _UNEQUAL,
            _NOTHING,
            Refusal("put a sigmoid before it", (Tensor(np.array([1.5])), np.ones(1))),
        ),
    ),
    Operation(
        "binary_cross_entropy_with_logits",
        probability.binary_cross_entropy_with_logits,
        "torch.nn.functional.binary_cross_entropy_with_logits",
        both(
            _functions(_answered, {"weight": _WEIGHT}, {"pos_weight": _WEIGHT}),
            _functions(_answered, {"weight": _WEIGHT, "pos_weight": 3 * _WEIGHT}),
            _extreme_scores,
        ),
        twin=probability.binary_cross_entropy_with_logits_simple,
        adapted=with_arrays,
        refusals=(_UNEQUAL, _NOTHING),
    ),
    Operation(
        "kl_div",
        probability.kl_div,
        "torch.nn.functional.kl_div",
        _functions(
            _shares,
            {"reduction": "batchmean"},
            {"log_target": True},
            {"log_target": True, "reduction": "batchmean"},
        ),
        refusals=(_UNEQUAL, _NOTHING),
    ),
    Operation(
        "hinge_embedding_loss",
        margin.hinge_embedding_loss,
        "torch.nn.functional.hinge_embedding_loss",
        _functions(_signed, {"margin": 0.3}),
        refusals=(_NO_SIGNS,),
    ),
    Operation(
        "margin_ranking_loss",
        margin.margin_ranking_loss,
        "torch.nn.functional.margin_ranking_loss",
        _functions(_ranked, {"margin": 0.5}),
        refusals=(Refusal("must hold 1 and -1", (_MATRIX, _MATRIX, np.zeros((2, 3)))),),
    ),
    Operation(
        "multi_margin_loss",
        margin.multi_margin_loss,
        "torch.nn.functional.multi_margin_loss",
        _functions(_scored, {"p": 2}, {"margin": 0.4, "weight": _WEIGHT}),
        adapted=with_arrays,
        refusals=(
            Refusal("between 0 and 2", (_MATRIX, np.array([0, 3]))),
            Refusal("need integers (n,)", (_MATRIX, np.array([0.0, 1]))),
            Refusal("p must be 1 or 2", (_MATRIX, np.array([0, 1]), 3)),
        ),
    ),
    Operation(
        "triplet_margin_loss",
        margin.triplet_margin_loss,
        "torch.nn.functional.triplet_margin_loss",
        _functions(_triplets, {"margin": 3.0}, {"p": 1.5}, {"swap": True, "margin": 2.0}),
        refusals=(Refusal("must be equal", (_MATRIX, _MATRIX, _EMPTY)),),
    ),
    Operation(
        "cosine_embedding_loss",
        margin.cosine_embedding_loss,
        "torch.nn.functional.cosine_embedding_loss",
        both(
            _functions(_angles, {"margin": 0.3}, {"margin": -0.9}),
            _only(lambda rng: Sample("one pair", (np.ones(3), uniform(rng, (3,)), np.array(-1)))),
        ),
        refusals=(
            Refusal("must be equal", (_MATRIX, _EMPTY, np.ones(2))),
            Refusal("must hold 1 and -1", (_MATRIX, _MATRIX, np.zeros(2))),
        ),
    ),
)


def _layer(name: str, draw: Draw) -> Layer:
    return Layer(name, getattr(nn, name), f"torch.nn.{name}", draw, adapted=with_arrays)


LOSS_LAYERS = (
    _layer("MSELoss", _layers(_two)),
    _layer("L1Loss", _layers(_two)),
    _layer("HuberLoss", _layers(_two, {"delta": 0.4})),
    _layer("SmoothL1Loss", _layers(_two, {"beta": 0.4})),
    _layer("CrossEntropyLoss", _layers(_scored, {"label_smoothing": 0.1}, {"weight": _WEIGHT})),
    _layer("NLLLoss", _layers(_scored, {"ignore_index": 2}, {"weight": _WEIGHT})),
    _layer("BCELoss", _layers(_shares, {"weight": _WEIGHT})),
    _layer("BCEWithLogitsLoss", _layers(_answered, {"weight": _WEIGHT, "pos_weight": _WEIGHT})),
    _layer("KLDivLoss", _layers(_shares, {"reduction": "batchmean"}, {"log_target": True})),
    _layer("HingeEmbeddingLoss", _layers(_signed, {"margin": 0.3})),
    _layer("MarginRankingLoss", _layers(_ranked, {"margin": 0.3})),
    _layer("MultiMarginLoss", _layers(_scored, {"p": 2, "margin": 0.5}, {"weight": _WEIGHT})),
    _layer("TripletMarginLoss", _layers(_triplets, {"margin": 3.0, "p": 1.5, "swap": True})),
    _layer("CosineEmbeddingLoss", _layers(_angles, {"margin": 0.3})),
)
