"""One training, from one seed: act, remember, learn, and now and then see how good it has become.

All that the training is made of can be saved and put back: both networks, the optimiser's memory,
the replay memory, the environments, the random generators and the counters. So a training that was
interrupted and resumed ends with exactly the numbers of one that was not.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np

from undergrad.engine import optim
from undergrad.errors import UsageError
from undergrad.rl.agents.dqn import DQN
from undergrad.rl.env import make_env
from undergrad.rl.evaluate import Evaluation, evaluate
from undergrad.rl.explore import Linear
from undergrad.rl.nets import mlp
from undergrad.rl.replay import Lookahead, ReplayBuffer
from undergrad.rl.run.preset import Preset
from undergrad.run_seeds import Row
from undergrad.setting_text import as_dict

# What a random stream is for. With the seed it decides the stream, so no two share their numbers;
# above all, the episodes that judge are not those that chose the weights, nor those learnt from.
_WEIGHTS, _WORLD, _ACTING, _CHOOSING, JUDGING = range(5)
_RECENT = 20  # episodes in the average return that the log shows


class Trainer:
    """The state of one training. `advance` takes it one step further.

    Arguments:
        preset: the task with its settings.
        seed: decides every random number of the training.
    """

    def __init__(self, preset: Preset, seed: int) -> None:
        self.preset, self.seed = preset, seed
        settings = preset.settings
        world = int(np.random.SeedSequence([seed, _WORLD]).generate_state(1)[0])
        self.env = make_env(preset.environment, settings.envs, world)
        shape = self.env.observation.shape[1:]
        if shape != (len(settings.observation_scale),):
            raise UsageError(
                f"The setting observation_scale has {len(settings.observation_scale)} numbers, "
                f"and an observation of {preset.environment} has shape {shape}."
            )
        self.actions = int(self.env.envs.single_action_space.n)
        self.agent = make_agent(preset, seed, self.actions)
        self.lookahead = Lookahead(settings.lookahead, settings.discount)
        self.replay = ReplayBuffer(settings.buffer, shape)
        self.rng = np.random.default_rng([seed, _ACTING])
        self.steps = 0
        self.recent: deque[float] = deque(maxlen=_RECENT)
        self.last: dict[str, float] = {}  # what the newest update reported
        self.evaluations: list[Row] = []
        self.best: dict[str, Any] = {}  # score, steps and weights at the best evaluation

    @property
    def finished(self) -> bool:
        """Whether the budget is used up."""
        return self.steps >= self.preset.settings.steps

    def advance(self) -> list[Row]:
        """Act once in all environments, learn from the past, and return new rows for the log."""
        settings, before = self.preset.settings, self.steps
        action = self.agent.act(self.env.observation, self.rng)
        transitions, returns = self.env.step(action)
        self.replay.add(self.lookahead.join(transitions))
        self.recent.extend(returns)
        self.steps = self.agent.steps = before + len(transitions)
        if self.steps >= settings.learning_starts:
            for _ in range(settings.updates):
                self.last = self.agent.learn(self.replay.sample(settings.batch, self.rng))
        rows = []
        if _passed(settings.log_every, before, self.steps):
            rows.append(self._progress())
        if self.finished or _passed(settings.evaluate_every, before, self.steps):
            rows.append(self._evaluate())
        return rows

    def _progress(self) -> Row:
        mean = float(np.mean(self.recent)) if self.recent else None
        epsilon = self.agent.epsilon(self.steps)
        row = {"kind": "progress", "step": self.steps, "return": mean, "epsilon": epsilon}
        return row | self.last

    def _evaluate(self) -> Row:
        """Play greedily on episodes of their own; keep the weights if none were better before."""
        settings = self.preset.settings
        outcome = evaluate(
            self.agent.act_greedily,
            self.preset.environment,
            episodes=settings.evaluation_episodes,
            seed=[self.seed, _CHOOSING, self.steps],
            discount=settings.discount,
        )
        row = {
            "kind": "evaluation",
            "step": self.steps,
            "return": outcome.mean,
            "std": outcome.std,
            "discounted": float(np.mean(outcome.discounted)),
            "value": float(self.agent.value(outcome.first).mean()),
        }
        self.evaluations.append(row)
        if not self.best or outcome.mean >= self.best["score"]:
            weights = self.agent.average.state_dict()
            self.best = {"score": outcome.mean, "steps": self.steps, "weights": weights}
        return row

    def state_dict(self) -> dict[str, Any]:
        """Everything, as arrays and plain values."""
        return {
            "identity": identity(self.preset, self.seed),
            "agent": self.agent.state_dict(),
            "replay": self.replay.state_dict(),
            "lookahead": self.lookahead.state_dict(),
            "env": self.env.state_dict(),
            "rng": self.rng.bit_generator.state,
            "steps": self.steps,
            "recent": list(self.recent),
            "last": self.last,
            "evaluations": self.evaluations,
            "best": self.best,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`. Raises ValueError when it is of another training."""
        check_identity(state, self.preset, self.seed)
        self.agent.load_state_dict(state["agent"])
        self.replay.load_state_dict(state["replay"])
        self.lookahead.load_state_dict(state["lookahead"])
        self.env.load_state_dict(state["env"])
        self.rng.bit_generator.state = state["rng"]
        self.steps = int(state["steps"])
        self.recent = deque(state["recent"], maxlen=_RECENT)
        self.last = dict(state["last"])
        self.evaluations = list(state["evaluations"])
        self.best = dict(state["best"])

    def judged_agent(self) -> DQN:
        """A fresh agent with the weights of the best evaluation."""
        agent = make_agent(self.preset, self.seed, self.actions)
        agent.average.load_state_dict(self.best["weights"])
        return agent

    def judge(self, episodes: int | None = None) -> Evaluation:
        """Greedy episodes that nothing was learnt from or chosen by; always the same ones."""
        return evaluate(
            self.judged_agent().act_greedily,
            self.preset.environment,
            episodes=episodes or self.preset.line.episodes,
            seed=[self.seed, JUDGING],
        )


def make_agent(preset: Preset, seed: int, actions: int) -> DQN:
    """The untrained agent of a task. The same seed gives the same weights."""
    s = preset.settings
    net = mlp(s.observation_scale, s.hidden, actions, np.random.default_rng([seed, _WEIGHTS]))
    return DQN(
        net,
        optim.Adam(net.parameters(), lr=s.learning_rate),
        epsilon=Linear(s.epsilon_start, s.epsilon_end, s.epsilon_steps),
        learning_rate=Linear(s.learning_rate, 0.0, s.steps),
        discount=s.discount,
        double=s.double,
        tau=s.tau,
        target_every=s.target_every,
        average_rate=s.average_rate,
        reward_scale=s.reward_scale,
        largest_value=s.largest_value,
        huber_delta=s.huber_delta,
        clip_norm=s.clip_norm,
    )


def identity(preset: Preset, seed: int) -> dict[str, Any]:
    """What two trainings must share for one to go on from the other's checkpoint."""
    about = {"preset": preset.name, "environment": preset.environment, "seed": seed}
    return about | as_dict(preset.settings)


def check_identity(state: Mapping[str, Any], preset: Preset, seed: int) -> None:
    """Raise ValueError, with the first difference, when `state` is of another training."""
    theirs, ours = state["identity"], identity(preset, seed)
    for name in ours:
        if theirs.get(name) != ours[name]:
            raise ValueError(
                f"it was made with {name} = {theirs.get(name)}, and this training has "
                f"{name} = {ours[name]}"
            )


def _passed(every: int, before: int, now: int) -> bool:
    """Whether a multiple of `every` lies in (before, now]."""
    return now // every > before // every
