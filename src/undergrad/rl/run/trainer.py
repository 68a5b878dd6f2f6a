"""One run from one seed: let it advance, and now and then evaluate how good it has become.

How an agent is trained is decided in `undergrad.rl.loops`; here is what is the same for all of
them: the budget, the log, the evaluations, the best weights so far, and what is saved. A run that
was interrupted and resumed ends with exactly the numbers of one that was not.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np

from undergrad.rl.agents.alphazero import AlphaZero
from undergrad.rl.build import build
from undergrad.rl.compatibility import modern_loop, modern_weights
from undergrad.rl.evaluate import Evaluation, evaluate
from undergrad.rl.evaluate_game import evaluate_moves
from undergrad.rl.loops import Agent
from undergrad.rl.run.preset import Preset
from undergrad.rl.self_play import SelfPlay
from undergrad.rl.streams import CHOOSING, JUDGING
from undergrad.runs.folder import Row
from undergrad.runs.seeds import MapShards, ShouldStop, one_by_one
from undergrad.runs.settings import as_dict, modern

_RECENT = 20  # episodes in the average return that the log shows


class Trainer:
    """The state of one run. `advance` takes it one step further.

    Arguments:
        preset: what to train, with its settings.
        seed: decides every random number of the run.
        should_stop: called during an `advance` that takes long, which then does nothing.
        map_shards: has the shards of self-play played, where there are some.
    """

    def __init__(
        self,
        preset: Preset,
        seed: int,
        should_stop: ShouldStop = lambda: False,
        map_shards: MapShards = one_by_one,
    ) -> None:
        self.preset, self.seed = preset, seed
        self.loop = build(preset.agent, preset.env, preset.settings, seed)
        if isinstance(self.loop, SelfPlay):
            self.loop.should_stop, self.loop.map_shards = should_stop, map_shards
        self.recent: deque[float] = deque(maxlen=_RECENT)
        self.evaluations: list[Row] = []
        self.best: dict[str, Any] = {}  # score, steps and weights at the best evaluation

    @property
    def agent(self) -> Agent:
        """The agent that learns."""
        return self.loop.agent

    @property
    def steps(self) -> int:
        """Steps taken in all environments together."""
        return self.loop.steps

    @property
    def finished(self) -> bool:
        """Whether the budget is used up."""
        return self.steps >= self.preset.settings.steps

    def advance(self) -> list[Row]:
        """Train a little, and return new rows for the log."""
        settings, before = self.preset.settings, self.steps
        self.recent.extend(self.loop.advance())
        rows = []
        if _passed(settings.log_every, before, self.steps):
            rows.append(self._progress())
        if self.finished or _passed(settings.evaluate_every, before, self.steps):
            rows.append(self._evaluate())
        return rows

    def _progress(self) -> Row:
        mean = float(np.mean(self.recent)) if self.recent else None
        row = {"kind": "progress", "step": self.steps, "return": mean}
        return row | self.loop.stats()

    def _evaluate(self) -> Row:
        """Play greedily on episodes of their own; keep the weights if none were better before."""
        settings = self.preset.settings
        seeds = [self.seed, CHOOSING, self.steps]
        outcome = self._play(self.agent, settings.evaluation_episodes, seeds)
        row: Row = {
            "kind": "evaluation",
            "step": self.steps,
            "return": outcome.mean,
            "std": outcome.std,
            "discounted": float(np.mean(outcome.discounted)),
            **outcome.more,
        }
        value = self.agent.value(outcome.first)
        if value is not None:
            row["value"] = float(value.mean())
        self.evaluations.append(row)
        score = self.preset.pass_line.measured(outcome)
        if not self.best or self.preset.pass_line.final or score >= self.best["score"]:
            self.best = {"score": score, "steps": self.steps, "weights": self.agent.weights()}
        return row

    def _play(self, agent: Agent, episodes: int, seed: list[int]) -> Evaluation:
        if isinstance(agent, AlphaZero):
            return evaluate_moves(agent, episodes, seed)
        return evaluate(
            agent.act_greedily,
            self.preset.env.name,
            episodes=episodes,
            seed=seed,
            gamma=self.preset.settings.gamma,
            **self.preset.env.options,
        )

    def state_dict(self) -> dict[str, Any]:
        """Everything, as arrays and plain values."""
        return {
            "identity": identity(self.preset, self.seed),
            "training": self.loop.state_dict(),
            "recent": list(self.recent),
            "evaluations": self.evaluations,
            "best": self.best,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`. Raises ValueError when it is of another run."""
        check_identity(state, self.preset, self.seed)
        self.loop.load_state_dict(modern_loop(state["training"]))
        self.recent = deque(state["recent"], maxlen=_RECENT)
        self.evaluations = list(state["evaluations"])
        self.best = dict(state["best"])
        if self.best:
            self.best["weights"] = modern_weights(self.best["weights"])

    def close(self) -> None:
        """Free the environments."""
        self.loop.close()

    def untrained_agent(self) -> Agent:
        """The agent as it was at the beginning."""
        fresh = build(self.preset.agent, self.preset.env, self.preset.settings, self.seed)
        fresh.close()
        return fresh.agent

    def judged_agent(self) -> Agent:
        """A fresh agent with the weights of the best evaluation."""
        agent = self.untrained_agent()
        agent.load_weights(self.best["weights"])
        return agent

    def judge(self, episodes: int | None = None) -> Evaluation:
        """Greedy episodes that nothing was learned from or chosen by; always the same ones."""
        count = episodes or self.preset.pass_line.episodes
        return self._play(self.judged_agent(), count, [self.seed, JUDGING])


def identity(preset: Preset, seed: int) -> dict[str, Any]:
    """What two runs must share for one to resume from the checkpoint of the other."""
    world = {"environment": preset.env.name, "options": dict(preset.env.options)}
    about = {"preset": preset.name, "agent": preset.agent, **world, "seed": seed}
    return about | as_dict(preset.settings)


def check_identity(state: Mapping[str, Any], preset: Preset, seed: int) -> None:
    """Raise ValueError, with the first difference, when `state` is of another run.

    A setting that is newer than the checkpoint had its default: nothing else was possible then.
    """
    kind = type(preset.settings)
    theirs = as_dict(kind()) | modern(kind, state["identity"])
    ours = identity(preset, seed)
    for name in ours:
        if theirs.get(name) != ours[name]:
            raise ValueError(
                f"it was made with {name} = {theirs.get(name)}, and this run has "
                f"{name} = {ours[name]}"
            )


def _passed(every: int, before: int, now: int) -> bool:
    """Whether a multiple of `every` lies in (before, now]."""
    return now // every > before // every
