"""The parts of AlphaZero: its search, its loss and what it learns from. See `agent_trials`."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from undergrad.cases.record import Values, gradient_of
from undergrad.engine.autograd import Array
from undergrad.engine.tensor import Tensor
from undergrad.mine.patch import function_at
from undergrad.mine.trial import SEED, Trial

_ROWS = 20_000  # of noise; the means of two correct samples differ by less than _RANDOM
_RANDOM = 0.01
_ZERO, _SEARCH = "undergrad.rl.agents.alphazero.", "undergrad.rl.search."


def _roots(rows: int = 6, actions: int = 5) -> tuple[Array, Array, Array, Array]:
    """Priors, visits and sums of values of some nodes, and which actions are legal there."""
    rng = np.random.default_rng(SEED)
    legal: Array = rng.random((rows, actions)) < 0.7
    legal[:, 2] = True
    prior = rng.random((rows, actions)) * legal
    visits = rng.integers(0, 4, (rows, actions)) * legal.astype(float)
    visits[0] = 0
    prior /= prior.sum(1, keepdims=True)
    return prior, visits, visits * rng.uniform(-1, 1, visits.shape), legal


def _game(name: str) -> Any:
    games: dict[str, Any] = function_at("undergrad.rl.games.GAMES")  # type: ignore[assignment]
    return games[name]


def _selections() -> Iterator[Trial]:
    for label, one in (("many nodes", False), ("one node", True)):
        yield Trial(label, partial(_selected, one))
    yield Trial("equal scores", partial(_selected, False, ties=True))


def _selected(one: bool, ties: bool = False) -> Values:
    *arrays, legal = (each[1] if one else each for each in _roots(60))
    if ties:
        arrays = [np.zeros_like(each) for each in arrays]
    value = np.full((*legal.shape[:-1], 1), 0.3)
    select, options = (function_at(f"{_SEARCH}formulas.{each}") for each in ("puct_select", "PUCT"))
    return {
        f"c {c:g}": np.asarray(select(*arrays, legal, value, options(c, reduction)))
        for c, reduction in ((1.5, 0.0), (0.4, 0.5))
    }


def _priors() -> Iterator[Trial]:
    for scale in (1.0, 500.0):
        yield Trial(f"logits around {scale:g}", partial(_prior, scale))


def _prior(scale: float) -> Values:
    logits = scale * np.random.default_rng(SEED).normal(size=(6, 5)).astype(np.float32)
    prior_of = function_at(f"{_SEARCH}formulas.prior_of")
    legal = _roots()[-1]
    return {"many": np.asarray(prior_of(logits, legal)), "one": prior_of(logits[0], legal[0])}


def _noise() -> Iterator[Trial]:
    yield Trial("means and mean squares", _noisy, atol=_RANDOM)


def _noisy() -> Values:
    legal = np.tile([True, False, True, True], (_ROWS, 1))
    prior, rng = legal / 3, np.random.default_rng(SEED)
    options = function_at(f"{_SEARCH}formulas.PUCT")(dirichlet_alpha=0.5, dirichlet_fraction=0.8)
    noisy = np.asarray(function_at(f"{_SEARCH}formulas.with_noise")(prior, legal, options, rng))
    return {
        "mean": noisy.mean(0),
        "mean of squares": (noisy**2).mean(0),
        "two rows in a row": (noisy[:-1] * noisy[1:]).mean(0),
        "illegal": noisy[:, 1],
    }


def _backups() -> Iterator[Trial]:
    yield Trial("walks of several lengths", _backed_up)


def _backed_up() -> Values:
    game, rng = _game("connect3"), np.random.default_rng(SEED)
    trees = function_at(f"{_SEARCH}batched.Trees")(game, 3, 4)
    lengths = np.array([3, 1, 2])
    path = []
    for depth in range(3):
        games = np.flatnonzero(lengths > depth)
        node = games * trees.size + depth
        path.append(node * game.actions + rng.integers(game.actions, size=len(games)))
    trees.back_up(path, rng.normal(size=3))
    return {"visits": trees.visits, "sums": trees.value_sum}


def _completions() -> Iterator[Trial]:
    yield Trial("with and without visits", partial(_of_root, "completed_q"))


def _improvements() -> Iterator[Trial]:
    gumbel = function_at(f"{_SEARCH}gumbel.Gumbel")
    for options in (gumbel(), gumbel(c_visit=20, c_scale=1)):
        yield Trial(f"c_scale {options.c_scale:g}", partial(_of_root, "improved_policy", options))


def _of_root(name: str, *options: Any) -> Values:
    prior, visits, value_sum, legal = _roots()
    root = function_at(f"{_SEARCH}batched.Root")(
        legal, prior, np.linspace(-0.5, 0.8, len(prior)), visits, value_sum
    )
    found: Array = np.asarray(function_at(f"{_SEARCH}gumbel.{name}")(root, *options))
    return {"result": np.where(legal, found, 0.0)}


def _policies() -> Iterator[Trial]:
    for temperature in (1.0, 0.5, 0.01):
        yield Trial(f"temperature {temperature:g}", partial(_policy, temperature))


def _policy(temperature: float) -> Values:
    visits = _roots()[1] + 1
    return {"result": np.asarray(function_at(f"{_ZERO}visit_policy")(visits, temperature))}


def _losses() -> Iterator[Trial]:
    for dtype in (np.float32, np.float64):
        yield Trial(f"{np.dtype(dtype)}", partial(_loss, dtype), rtol=1e-4, atol=1e-6)


def _loss(dtype: type) -> Values:
    rng = np.random.default_rng(SEED)
    arrays = rng.normal(size=(7, 5)), rng.uniform(-1, 1, size=7)
    logits, value = (Tensor(array.astype(dtype), requires_grad=True) for array in arrays)
    policy = rng.dirichlet(np.ones(5), size=7)
    outcome = rng.integers(-1, 2, size=7)
    one, other = function_at(f"{_ZERO}alphazero_loss")(
        logits, value, policy.astype(dtype), outcome.astype(dtype)
    )
    (one * 3.0 + other * 0.5).backward()
    return {
        "losses": np.array([one.item(), other.item()]),
        "logits": gradient_of(logits),
        "value": gradient_of(value),
    }


def _ends() -> Iterator[Trial]:
    yield Trial("from 0 to 6 moves before", _ended)


def _ended() -> Values:
    final: Array = np.random.default_rng(SEED).integers(-1, 2, size=30).astype(float)
    left = np.arange(30) % 7
    return {"result": np.asarray(function_at("undergrad.rl.self_play.outcomes")(final, left))}


def _turns() -> Iterator[Trial]:
    for name in ("tictactoe", "connect3"):
        yield Trial(name, partial(_turned, name))


def _turned(name: str) -> Values:
    game, rng = _game(name), np.random.default_rng(SEED)
    planes = rng.random((40, 2, game.rows, game.columns)).astype(np.float32)
    policy = rng.random((40, game.actions)).astype(np.float32)
    at_random = function_at("undergrad.rl.window.at_random_symmetry")
    turned = at_random(game, planes, policy, np.random.default_rng(SEED))
    return {"planes": turned[0], "policy": turned[1]}


SEARCH_TRIALS: dict[str, Callable[[], Iterator[Trial]]] = {
    f"{_SEARCH}formulas.puct_select": _selections,
    f"{_SEARCH}formulas.prior_of": _priors,
    f"{_SEARCH}formulas.with_noise": _noise,
    f"{_SEARCH}batched.Trees.back_up": _backups,
    f"{_SEARCH}gumbel.completed_q": _completions,
    f"{_SEARCH}gumbel.improved_policy": _improvements,
    f"{_ZERO}visit_policy": _policies,
    f"{_ZERO}alphazero_loss": _losses,
    "undergrad.rl.self_play.outcomes": _ends,
    "undergrad.rl.window.at_random_symmetry": _turns,
}
