"""Curves of the pages about agents with networks: what each setting does, and what a fault does.

`python -m bench.policy_curves [NAME ...]` trains every variation of a preset from three seeds, with
a shorter budget, and writes `docs/assets/agents/<agent>-<figure>` as data (JSON) and as a picture.
What is drawn is what the exploring policy earned while it learned.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from undergrad import plots
from undergrad.rl import advantages
from undergrad.rl.agents.dqn import DQN
from undergrad.rl.agents.ppo import PPO
from undergrad.rl.build import build
from undergrad.rl.replay import NStep
from undergrad.rl.run import preset

FOLDER = Path(__file__).parents[1] / "docs" / "assets" / "agents"
SEEDS = range(3)
STEPS = {
    "reinforce": 100_000,
    "a2c": 150_000,
    "ppo": 50_000,
    "cartpole": 12_000,
}
POINTS = 50  # of a curve
RECENT = 20  # episodes in each of them

# What to change, one panel each: a title, and a line for each choice.
SWEEPS: dict[str, dict[str, dict[str, dict[str, str]]]] = {
    "reinforce": {
        "learning rate": {
            "0.0003": {"learning_rate": "0.0003"},
            "0.003": {},
            "0.03": {"learning_rate": "0.03"},
        },
        "episodes in an update": {"2": {"n_envs": "2"}, "8": {}, "32": {"n_envs": "32"}},
        "what counts": {
            "return": {"baseline": "false", "normalize_advantage": "false"},
            "less the baseline": {"normalize_advantage": "false"},
            "and normalised": {},
        },
    },
    "a2c": {
        "learning rate": {
            "0.0005": {"learning_rate": "0.0005"},
            "0.004": {},
            "0.01": {"learning_rate": "0.01"},
        },
        "steps in a rollout": {"4": {"n_steps": "4"}, "16": {}, "128": {"n_steps": "128"}},
        "lambda": {"0.5": {"gae_lambda": "0.5"}, "0.95": {}, "1": {"gae_lambda": "1"}},
    },
    "ppo": {
        "clip_range": {"0.02": {"clip_range": "0.02"}, "0.2": {}, "none": {"clip_range": "1000"}},
        "n_epochs": {"1": {"n_epochs": "1"}, "10": {}, "30": {"n_epochs": "30"}},
        "lambda": {"0.2": {"gae_lambda": "0.2"}, "0.8": {}, "1": {"gae_lambda": "1"}},
    },
    "cartpole": {
        "n_step": {"1": {"n_step": "1"}, "3": {}, "10": {"n_step": "10"}},
        "tau": {"0.002": {"tau": "0.002"}, "0.02": {}, "1": {"tau": "1"}},
        "buffer_size": {
            "500": {"buffer_size": "500"},
            "5000": {"buffer_size": "5000"},
            "50000": {},
        },
    },
}

Fault = Callable[..., Any]


def _end_that_is_no_end(honest: Fault) -> Fault:
    """The mask is forgotten: what would come after a fall still counts."""

    def gae(reward: Any, terminated: Any, truncated: Any, *rest: Any) -> Any:
        return honest(reward, terminated & False, truncated | terminated, *rest)

    return gae


def _across_episodes(honest: Fault) -> Fault:
    """The sum runs on from one episode into the next."""

    def added_up(reward: Any, terminated: Any, truncated: Any, *rest: Any) -> Any:
        return honest(reward, terminated & False, truncated & False, *rest)

    return added_up


def _past_as_well(honest: Fault) -> Fault:
    """Every action of an episode is credited with all of it, also with what came before."""

    def returns(reward: Any, *rest: Any) -> Any:
        whole = honest(reward, *rest)
        return np.broadcast_to(whole[:1], whole.shape)

    return returns


def _normalised_twice(honest: Fault) -> Fault:
    """The critic is taught advantages of mean 0 and standard deviation 1 in place of returns."""

    def gae(*everything: Any) -> Any:
        return advantages.normalized(honest(*everything))

    return gae


def _ratio_to_now(honest: Fault) -> Fault:
    """The old log-probabilities are computed again for each update: the ratio is always 1."""

    def update(self: PPO, batch: Any) -> Any:
        now = self.net.policy(batch.observation).log_prob(batch.action).numpy()
        return honest(self, replace(batch, log_prob=now))

    return update


def _end_worth_something(honest: Fault) -> Fault:
    """The mask is forgotten: what would come after a fall still counts."""

    def td_target(self: DQN, batch: Any) -> Any:
        return honest(self, replace(batch, terminated=batch.terminated & False))

    return td_target


def _steps_across_episodes(honest: Fault) -> Fault:
    """Several steps in one transition, and the next episode's are taken for this one's."""

    def join(self: NStep, transitions: Any) -> Any:
        never = transitions.terminated & False
        return honest(self, replace(transitions, terminated=never, truncated=never))

    return join


def _no_target(honest: Fault) -> Fault:
    """The TD target comes from the network that is being trained."""

    def td_target(self: DQN, batch: Any) -> Any:
        kept, self.target = self.target, self.online
        try:
            return honest(self, batch)
        finally:
            self.target = kept

    return td_target


# Broken on purpose: a label, and what is replaced by what.
FAULTS: dict[str, dict[str, tuple[Any, str, Callable[[Fault], Fault]]]] = {
    "reinforce": {
        "credit for the past": (advantages, "returns", _past_as_well),
        "across episodes": (advantages, "returns", _across_episodes),
    },
    "a2c": {
        "no mask at the end": (advantages, "gae", _end_that_is_no_end),
        "across episodes": (advantages, "gae", _across_episodes),
    },
    "ppo": {
        "no mask at the end": (advantages, "gae", _end_that_is_no_end),
        "ratio to the policy of now": (PPO, "_update", _ratio_to_now),
        "returns normalised too": (advantages, "gae", _normalised_twice),
    },
    "cartpole": {
        "no mask at the end": (DQN, "td_target", _end_worth_something),
        "across episodes": (NStep, "join", _steps_across_episodes),
        "no target network": (DQN, "td_target", _no_target),
    },
}

Curve = list[float]


def curve(name: str, seed: int, changes: dict[str, str]) -> Curve:
    """What the exploring policy earned, at `POINTS` places of the budget evenly apart."""
    task = preset.load(name).with_settings({"steps": str(STEPS[name])} | changes)
    training = build(task.agent, task.env, task.settings, seed)
    steps, means, returns = [0], [0.0], list[float]()
    while training.steps < STEPS[name]:
        returns += training.advance()
        steps.append(training.steps)
        means.append(float(np.mean(returns[-RECENT:])) if returns else 0.0)
    training.close()
    return np.interp(places(name), steps, means).round(1).tolist()


def places(name: str) -> list[float]:
    """The numbers of steps at which a curve has its points."""
    return np.linspace(0, STEPS[name], POINTS + 1)[1:].tolist()


def sweep(name: str) -> dict[str, Any]:
    """All curves of the sweep: panel -> label -> one curve a seed."""
    known: dict[str, list[Curve]] = {}

    def curves(changes: dict[str, str]) -> list[Curve]:
        key = json.dumps(changes)
        if key not in known:
            known[key] = [curve(name, seed, changes) for seed in SEEDS]
        return known[key]

    return {
        title: {label: curves(changes) for label, changes in choices.items()}
        for title, choices in SWEEPS[name].items()
    }


def broken(name: str, honest: list[Curve]) -> dict[str, Any]:
    """The curves with each fault planted, beside those without."""
    lines = {"as it should be": honest}
    for label, fault in FAULTS[name].items():
        with planted(*fault):
            lines[label] = [curve(name, seed, {}) for seed in SEEDS]
    return {"": lines}


@contextmanager
def planted(place: Any, attribute: str, make: Callable[[Fault], Fault]) -> Iterator[None]:
    """With one function replaced by its faulty twin."""
    with ExitStack() as stack:
        faulty = make(getattr(place, attribute))
        stack.enter_context(patch.object(place, attribute, faulty))
        yield


def draw(name: str, panels: dict[str, Any], stem: Path) -> None:
    """One panel below the other; a line is the mean over seeds, its band reaches to both ends."""
    x = np.array(places(name)) / 1000

    def fill(figure: Any) -> None:
        grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
        for axes, (title, lines) in zip(grid, panels.items(), strict=True):
            for colour, (label, curves) in zip(plots.COLOURS, lines.items(), strict=False):
                axes.plot(x, np.mean(curves, axis=0), label=label, color=colour)
                axes.fill_between(
                    x, np.min(curves, axis=0), np.max(curves, axis=0), color=colour, alpha=0.15
                )
            axes.set(title=title, ylim=(0, 520))
            axes.title.set_fontsize("medium")
            axes.legend(fontsize="small")
            axes.grid(True)
            axes.set(ylabel="return")
        grid[-1].set(xlabel="thousand steps")

    plots.save(fill, stem, size=(plots.WIDTH, 1 + 2 * len(panels) if len(panels) > 1 else 3.4))


def main(names: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names or list(SWEEPS):
        swept = sweep(name)
        title, choices = next(iter(SWEEPS[name].items()))
        usual = next(label for label, changes in choices.items() if not changes)
        figures = {"sweep": swept, "broken": broken(name, swept[title][usual])}
        for figure, panels in figures.items():
            stem = FOLDER / f"{name}-{figure}"
            stem.with_suffix(".json").write_text(json.dumps(panels) + "\n", encoding="utf-8")
            draw(name, panels, stem)
        print(f"written: {name}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
