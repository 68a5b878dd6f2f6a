"""The records of the losses, as functions and as layers."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

from undergrad.cases import loss_inputs as given
from undergrad.cases.draws import Draw, both, uniform
from undergrad.cases.record import Layer, Operation, Refusal, Rng, Sample
from undergrad.engine import nn
from undergrad.engine.ops import binary_cross_entropy, cross_entropy, loss, margin
from undergrad.engine.tensor import Tensor

Settings: TypeAlias = dict[str, Any]
Inputs: TypeAlias = Callable[[Rng], tuple[Any, ...]]

_MATRIX = Tensor(np.full((2, 3), 0.5))
_EMPTY = Tensor(np.ones((0, 3)))


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
        for kwargs in (*given.REDUCTIONS, *variants):
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


_BAD_CLASSES = (
    Refusal("integer targets of shape (2,)", (_MATRIX, np.zeros((2, 1), int))),
    Refusal("between 0 and 2", (_MATRIX, np.array([0, 3]))),
    Refusal("between 0 and 2", (_MATRIX, np.array([0, -1]))),
    Refusal("one number per class", (_MATRIX, np.array([0, 1])), {"weight": np.ones(2)}),
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
        given.differences,
        twin=loss.mse_loss_simple,
        refusals=(
            _UNEQUAL,
            _NOTHING,
            Refusal("'mean', 'sum' or 'none'", (_MATRIX, _MATRIX, "average")),
        ),
    ),
    Operation(
        "l1_loss",
        loss.l1_loss,
        "torch.nn.functional.l1_loss",
        given.differences,
        twin=loss.l1_loss_simple,
    ),
    Operation(
        "huber_loss",
        loss.huber_loss,
        "torch.nn.functional.huber_loss",
        both(given.differences, lambda rng: given.differences(rng, delta=0.5)),
        twin=loss.huber_loss_simple,
        refusals=(Refusal("delta must be positive", (_MATRIX, _MATRIX, "mean", 0.0)),),
    ),
    Operation(
        "smooth_l1_loss",
        loss.smooth_l1_loss,
        "torch.nn.functional.smooth_l1_loss",
        both(
            given.differences,
            lambda rng: given.differences(rng, beta=0.5),
            lambda rng: given.differences(rng, beta=0.0),
        ),
    ),
    Operation(
        "cross_entropy",
        cross_entropy.cross_entropy,
        "torch.nn.functional.cross_entropy",
        both(
            _functions(given.scored, {"weight": given.WEIGHT}),
            given.classes,
            given.smoothed,
            given.masked,
            given.target_probabilities,
        ),
        twin=cross_entropy.cross_entropy_simple,
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
        cross_entropy.nll_loss,
        "torch.nn.functional.nll_loss",
        both(_functions(given.scored, {"weight": given.WEIGHT}), given.classes),
        adapted=with_arrays,
        refusals=_BAD_CLASSES,
    ),
    Operation(
        "binary_cross_entropy",
        binary_cross_entropy.binary_cross_entropy,
        "torch.nn.functional.binary_cross_entropy",
        both(_functions(given.probabilities, {"weight": given.WEIGHT}), given.certain),
        adapted=with_arrays,
        refusals=(
            _UNEQUAL,
            _NOTHING,
            Refusal("put a sigmoid before it", (Tensor(np.array([1.5])), np.ones(1))),
        ),
    ),
    Operation(
        "binary_cross_entropy_with_logits",
        binary_cross_entropy.binary_cross_entropy_with_logits,
        "torch.nn.functional.binary_cross_entropy_with_logits",
        both(
            _functions(given.answered, {"weight": given.WEIGHT}, {"pos_weight": given.WEIGHT}),
            _functions(given.answered, {"weight": given.WEIGHT, "pos_weight": 3 * given.WEIGHT}),
            given.extreme_scores,
        ),
        twin=binary_cross_entropy.binary_cross_entropy_with_logits_simple,
        adapted=with_arrays,
        refusals=(_UNEQUAL, _NOTHING),
    ),
    Operation(
        "kl_div",
        cross_entropy.kl_div,
        "torch.nn.functional.kl_div",
        _functions(
            given.probabilities,
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
        _functions(given.signed, {"margin": 0.3}),
        refusals=(_NO_SIGNS,),
    ),
    Operation(
        "margin_ranking_loss",
        margin.margin_ranking_loss,
        "torch.nn.functional.margin_ranking_loss",
        _functions(given.ranked, {"margin": 0.5}),
        refusals=(Refusal("must hold 1 and -1", (_MATRIX, _MATRIX, np.zeros((2, 3)))),),
    ),
    Operation(
        "multi_margin_loss",
        margin.multi_margin_loss,
        "torch.nn.functional.multi_margin_loss",
        _functions(given.scored, {"p": 2}, {"margin": 0.4, "weight": given.WEIGHT}),
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
        _functions(given.triplets, {"margin": 3.0}, {"p": 1.5}, {"swap": True, "margin": 2.0}),
        refusals=(Refusal("must be equal", (_MATRIX, _MATRIX, _EMPTY)),),
    ),
    Operation(
        "cosine_embedding_loss",
        margin.cosine_embedding_loss,
        "torch.nn.functional.cosine_embedding_loss",
        both(
            _functions(given.angles, {"margin": 0.3}, {"margin": -0.9}),
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
    _layer("MSELoss", _layers(given.two)),
    _layer("L1Loss", _layers(given.two)),
    _layer("HuberLoss", _layers(given.two, {"delta": 0.4})),
    _layer("SmoothL1Loss", _layers(given.two, {"beta": 0.4})),
    _layer(
        "CrossEntropyLoss",
        _layers(given.scored, {"label_smoothing": 0.1}, {"weight": given.WEIGHT}),
    ),
    _layer("NLLLoss", _layers(given.scored, {"ignore_index": 2}, {"weight": given.WEIGHT})),
    _layer("BCELoss", _layers(given.probabilities, {"weight": given.WEIGHT})),
    _layer(
        "BCEWithLogitsLoss",
        _layers(given.answered, {"weight": given.WEIGHT, "pos_weight": given.WEIGHT}),
    ),
    _layer(
        "KLDivLoss", _layers(given.probabilities, {"reduction": "batchmean"}, {"log_target": True})
    ),
    _layer("HingeEmbeddingLoss", _layers(given.signed, {"margin": 0.3})),
    _layer("MarginRankingLoss", _layers(given.ranked, {"margin": 0.3})),
    _layer(
        "MultiMarginLoss", _layers(given.scored, {"p": 2, "margin": 0.5}, {"weight": given.WEIGHT})
    ),
    _layer("TripletMarginLoss", _layers(given.triplets, {"margin": 3.0, "p": 1.5, "swap": True})),
    _layer("CosineEmbeddingLoss", _layers(given.angles, {"margin": 0.3})),
)
