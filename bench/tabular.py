"""The figures of docs/agents/tabular.md: small sweeps, planted faults, a deceived maximum.

python -m bench.tabular figures         # draws them into docs/assets/agents
python -m bench.tabular results RUN...  # prints the table of results of some run folders
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from undergrad import plots
from undergrad.rl.agents.tabular import planning
from undergrad.rl.agents.tabular.agent import Tabular
from undergrad.rl.agents.tabular.control import Plan, Step
from undergrad.rl.agents.tabular.policies import greedy
from undergrad.rl.env import make_env
from undergrad.rl.envs.mdp import MDP, of_environment
from undergrad.rl.explore import Linear
from undergrad.rl.trainings.tabular import Online

FIGURES = Path(__file__).parents[1] / "docs" / "assets" / "agents"
WORLD, DISCOUNT = "undergrad/Gridworld-v0", 0.9
LAYOUT = ("S....", "..#..", ".H...", "...#.", "....G")
SEEDS, ENVS, LIMIT = range(8), 4, 40
DEFAULTS: dict[str, Any] = {
    "method": "q_learning",
    "rate": 0.3,
    "epsilon": 0.2,
    "first": 0.0,
    "steps": 1,
    "decay": 0.0,
}
SWEEPS: dict[str, tuple[str, list[Any], dict[str, Any]]] = {
    "learning_rate": ("rate", [0.01, 0.03, 0.1, 0.3, 0.6, 1.0], {}),
    "epsilon": ("epsilon", [0.0, 0.05, 0.2, 0.5, 0.8, 1.0], {}),
    "first_value": ("first", [0.0, 0.25, 0.5, 1.0, 2.0, 4.0], {"epsilon": 0.05}),
    "lookahead": ("steps", [1, 2, 4, 8, 16, 32], {"method": "n_step_sarsa", "rate": 0.1}),
}


def agent_of(mdp: MDP, kind: type[Tabular] = Tabular, **changes: Any) -> Tabular:
    """An agent with the defaults above, some of them changed."""
    s = DEFAULTS | changes
    start = np.where(mdp.allowed, np.full((mdp.states, mdp.actions), s["first"]), -np.inf)
    epsilon = Linear(s["epsilon"], s["epsilon"], 1)
    plan = Plan(DISCOUNT, s["steps"], s["decay"])
    return kind(start, s["method"], plan, epsilon=epsilon, rate=s["rate"])


def curve(agent: Tabular, mdp: MDP, seed: int, steps: int, every: int) -> list[float]:
    """What the greedy policy is worth from the start, as a fraction of the best, along the way."""
    best = float(mdp.start @ planning.value_iteration(mdp, DISCOUNT).max(axis=1))
    env = make_env(WORLD, ENVS, seed, layout=LAYOUT, max_episode_steps=LIMIT)
    training, shares = Online(agent, env, np.random.default_rng(seed)), []
    while training.steps < steps:
        training.advance()
        if training.steps % every < ENVS:
            worth = planning.evaluate_policy(mdp, greedy(agent.values), DISCOUNT)
            shares.append(float(mdp.start @ worth) / best)
    training.close()
    return shares


def sweep(name: str, steps: int = 3000) -> tuple[list[Any], list[float], list[float]]:
    """A setting's values; mean and standard deviation, over seeds, of the fraction of the best.

    The fraction is the mean over the run, so it shows how fast an agent learns, too.
    """
    setting, values, rest = SWEEPS[name]
    mdp = of_environment(WORLD, layout=LAYOUT)
    found = [
        [np.mean(curve(agent_of(mdp, **rest, **{setting: v}), mdp, s, steps, 300)) for s in SEEDS]
        for v in values
    ]
    return values, np.mean(found, axis=1).tolist(), np.std(found, axis=1).tolist()


def draw_sweeps(stem: Path) -> None:
    """One panel for each setting."""
    swept = {name: sweep(name) for name in SWEEPS}

    def draw(figure: Any) -> None:
        panels = figure.subplots(2, 2, sharey=True).flat
        for axes, (name, (values, means, stds)) in zip(panels, swept.items(), strict=True):
            places = range(len(values))
            axes.errorbar(places, means, yerr=stds, marker="o", capsize=3)
            axes.set(xlabel=name, ylim=(-0.2, 1.05))
            axes.set_xticks(places, [f"{value:g}" for value in values])
            axes.grid(True)
        for axes in figure.axes[::2]:
            axes.set(ylabel="fraction of the best")

    plots.save(draw, stem, size=(6.4, 5.0))


# Broken on purpose: each fault is one line that is easily written that way.


class StateForNext(Tabular):
    """Takes the value of the state it was in for that of the state it came to."""

    def learn(self, env: int, step: Step, rng: np.random.Generator) -> None:
        """As always, but it seems to have stayed."""
        super().learn(env, step._replace(next_state=step.state), rng)


class TimeIsTheEnd(Tabular):
    """Takes the end of the time for the end of the world."""

    def learn(self, env: int, step: Step, rng: np.random.Generator) -> None:
        """As always, but an episode that was cut off counts as ended."""
        super().learn(env, step._replace(terminated=step.ended), rng)


class FirstOfEquals(Tabular):
    """Takes the first of equally good actions, where it should draw one."""

    def act(self, observation: Any, rng: np.random.Generator) -> Any:
        """The first of the best, or anything at all."""
        count, actions = len(observation), self.values.shape[1]
        chance = rng.random(count) < self.epsilon(self.steps)
        return np.where(chance, rng.integers(actions, size=count), self.act_greedily(observation))


FAULTS: dict[str, tuple[type[Tabular], dict[str, Any]]] = {
    "correct": (Tabular, {}),
    "time up taken for an end": (TimeIsTheEnd, {}),
    "first of equals": (FirstOfEquals, {}),
    "s in place of s'": (StateForNext, {}),
}


def draw_faults(stem: Path, steps: int = 6000, every: int = 200) -> None:
    """A curve for each fault, the mean over the seeds, beside the correct one."""
    mdp = of_environment(WORLD, layout=LAYOUT)
    curves = {
        name: np.mean(
            [curve(agent_of(mdp, kind, **rest), mdp, s, steps, every) for s in SEEDS], axis=0
        )
        for name, (kind, rest) in FAULTS.items()
    }

    def draw(figure: Any) -> None:
        axes = figure.add_subplot()
        for (name, values), style in zip(curves.items(), ("-", "-", "-", "--"), strict=True):
            places = np.arange(1, len(values) + 1) * every
            axes.plot(places, values, style, label=name)
        axes.set(xlabel="steps in the environment", ylabel="fraction of the best")
        axes.grid(True)
        axes.legend(fontsize="small")

    plots.save(draw, stem)


def bad_starts(method: str, runs: int = 150, episodes: int = 250) -> np.ndarray:
    """In `maximization_bias`, the fraction of runs that lose 0.1 on purpose, by episode.

    All runs go side by side, each with an agent of its own.
    """
    name = "undergrad/MaximizationBias-v0"
    mdp = of_environment(name)
    settings = {"method": method, "rate": 0.1, "epsilon": 0.1, "first": 0.0}
    agents = [agent_of(mdp, **settings) for _ in range(runs)]
    rows = [Online(a, make_env(name, 1, i), np.random.default_rng(i)) for i, a in enumerate(agents)]
    bad = np.zeros((runs, episodes))
    for run, row in enumerate(rows):
        for episode in range(episodes):
            bad[run, episode] = int(row.action[0]) == 1
            while not row.advance():
                pass
    return bad.mean(axis=0)


def draw_bias(stem: Path) -> None:
    """Q-learning beside double Q-learning where the maximum deceives."""
    shares = {name: bad_starts(name) for name in ("q_learning", "double_q_learning")}

    def draw(figure: Any) -> None:
        axes = figure.add_subplot()
        for name, values in shares.items():
            calm = np.convolve(values, np.ones(10) / 10, mode="valid")
            axes.plot(np.arange(len(calm)) + 10, 100 * calm, label=name.replace("_", " "))
        axes.axhline(5, color=plots.COLOURS[2], linestyle="--", linewidth=1, label="best possible")
        axes.set(xlabel="episode", ylabel="bad choices, %", ylim=(0, 100))
        axes.grid(True)
        axes.legend(fontsize="small")

    plots.save(draw, stem)


def results(folders: list[str]) -> str:
    """Markdown: one row for each run."""
    rows = ["| preset | steps | seeds passed | best actions | score |", "|---|--:|--:|--:|--:|"]
    for folder in folders:
        record = json.loads((Path(folder) / "run.json").read_text("utf-8"))
        seeds, steps = record["seeds"], record["settings"]["steps"]
        passed = sum(seed["verdict"] == "pass" for seed in seeds)
        fraction = min(seed["share_of_best_actions"] for seed in seeds)
        low, high = (end(seed["score"] for seed in seeds) for end in (min, max))
        rows.append(
            f"| `{record['preset']}` | {steps:,} | {passed} of {len(seeds)} | {fraction:.0%} "
            f"| {low:.4g} to {high:.4g} |"
        )
    return "\n".join(rows)


DRAWINGS: dict[str, Callable[[Path], None]] = {
    "tabular-sweeps": draw_sweeps,
    "tabular-faults": draw_faults,
    "tabular-bias": draw_bias,
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["results"]:
        print(results(sys.argv[2:]))
    else:
        for stem, drawing in DRAWINGS.items():
            drawing(FIGURES / stem)
            print(FIGURES / stem)
