"""Writes what stands beside the claim: bars.json, ablation.json, heldout.json and failures/.

    python records.py bars      what the agent has to beat, which the notebook reads
    python records.py           the same seeds without one part, other poles, and failures

The first takes eleven trainings and the second ten, about two minutes each on a laptop.

A score is that of `evaluate`, the height of a learning curve. Each row of the ablation takes one
part away and keeps everything else, on the seeds of the claim. The bar lacks both parts, as the DQN
of a textbook does, and gets the best of three learning rates by two seeds of its own.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
from PIL import Image

import evaluate
from data import make
from training import EVERY, STEPS, fit

HERE = Path(__file__).parent
SEEDS = range(5, 10)  # of the claim, the bars and the ablation
T4 = 2.776  # of Student's t for a 95% interval with four degrees of freedom, thus five seeds
RATES, TO_CHOOSE = (1e-3, 2e-3, 4e-3), (100, 101)
TEXTBOOK = {"unit": 1.0, "n_step": 1}
PARTS = {"the scale of rewards": {"unit": 1.0}, "three-step returns": {"n_step": 1}}
POLES = (0.5, 2.0)  # lengths that no training met, in that of CartPole-v1
FRAMES = 60  # of a clip: every third of the last steps of an episode


def trained(seeds, **settings) -> dict[str, float]:
    """{seed: score} of new trainings."""
    return {str(seed): evaluate.height(fit(int(seed), **settings).snapshots) for seed in seeds}


def interval(values) -> tuple[float, float, float]:
    """The mean of five seeds, and the ends of its 95% interval."""
    mean, half = np.mean(values), T4 * np.std(values, ddof=1) / math.sqrt(len(values))
    return float(mean), float(mean - half), float(mean + half)


def linear_search(seed: int) -> float:
    """The score of a search: random rules "push where w · observation > 0", one after the other.

    Each plays one episode of training, and from then on the best so far is the policy.
    """
    rng, steps, best, heights = np.random.default_rng(seed), 0, (0, None), []
    while len(heights) < STEPS // EVERY:
        weights = rng.normal(size=4)
        first = int(rng.integers(1_000))
        earned = int(evaluate.returns(_linear(weights), range(first, first + 1))[0])
        for _ in range((steps + earned) // EVERY - steps // EVERY):
            heights.append(evaluate.returns(_linear(best[1])).mean())
        steps += earned
        best = max(best, (earned, weights), key=lambda each: each[0])
    return float(np.mean(heights[: STEPS // EVERY]))


def _linear(weights) -> evaluate.Policy:
    return lambda observations: (observations @ weights > 0).astype(int)


def bars() -> dict:
    """What the agent has to beat: a textbook DQN at its best learning rate; and a search."""
    grid = {rate: trained(TO_CHOOSE, rate=rate, **TEXTBOOK) for rate in RATES}
    rate = max(RATES, key=lambda each: np.mean(list(grid[each].values())))
    return {
        "textbook DQN": {
            "rates": {str(each): found for each, found in grid.items()},
            "rate": rate,
            "seeds": trained(SEEDS, rate=rate, **TEXTBOOK),
        },
        "search over linear rules": {"seeds": {str(seed): linear_search(seed) for seed in SEEDS}},
    }


def ablation(full: dict[str, float]) -> dict:
    """The record of the ablation; a gain below 0 is what the part was worth."""
    rows = []
    for part, settings in PARTS.items():
        seeds = trained(full, **settings)
        gain, low, high = interval([seeds[seed] - full[seed] for seed in full])
        worse = sum(seeds[seed] < full[seed] for seed in full)
        shown = "" if high < 0 else "; the interval contains 0, so no effect is shown"
        says = f"Without {part}, {worse} of {len(full)} seeds learn more slowly{shown}."
        row = {"without": part, "seeds": seeds, "gain": gain, "low": low, "high": high}
        rows.append({**row, "says": says})
    return {"full": full, "rows": rows}


def heldout(full: dict[str, float]) -> dict:
    """The score of each agent with the pole that it knows, and its mean score with others."""
    pairs = {
        seed: [
            score,
            float(np.mean([evaluate.height(evaluate.restore(int(seed)), pole) for pole in POLES])),
        ]
        for seed, score in full.items()
    }
    gap, low, high = interval([seen - unseen for seen, unseen in pairs.values()])
    differs = "Poles of half and of twice the length, which no training ever met."
    return {"differs": differs, "seeds": pairs, "gap": gap, "low": low, "high": high}


def chosen_failures(full: dict[str, float]) -> list[tuple[str, int, int, int]]:
    """Seed, step, episode and return of two failures, by a rule that was fixed before looking.

    Of the agent in the middle, the newest network that ends at least two test episodes early: its
    shortest episode, and the one in the middle of all those that ended early.
    """
    seed = sorted(full, key=full.get)[len(full) // 2]
    for step, model in reversed(evaluate.restore(int(seed)).items()):
        played = zip(evaluate.returns(evaluate.greedy(model)), evaluate.EPISODES, strict=True)
        failed = sorted((int(earned), episode) for earned, episode in played if earned < 500)
        if len(failed) > 1:
            picked = failed[0], failed[len(failed) // 2]
            return [(seed, step, episode, earned) for earned, episode in picked]
    return []


def film(path: Path, seed: str, step: int, episode: int, earned: int) -> None:
    """A clip of the end of an episode, with every third step drawn."""
    environment = make(render_mode="rgb_array")
    policy, frames = evaluate.greedy(evaluate.restore(int(seed))[step]), []
    observation, _ = environment.reset(seed=episode)
    for left in range(earned, -1, -1):
        if left <= 3 * FRAMES and left % 3 == 0:
            drawn = Image.fromarray(environment.render()).crop((0, 140, 600, 350))
            frames.append(drawn.resize((300, 105)))
        if left:
            observation, *_ = environment.step(int(policy(observation[None])[0]))
    path.parent.mkdir(exist_ok=True)
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=60, loop=0)


def write(name: str, record: dict) -> None:
    (HERE / name).write_text(json.dumps(record, indent=2) + "\n", "utf-8")


def beside() -> None:
    """The three records about the agents that the notebook saved."""
    full = {str(seed): score for seed, score in evaluate.scores().items()}
    write("heldout.json", heldout(full))
    for name, failure in zip(("shortest", "middle"), chosen_failures(full), strict=True):
        film(HERE / "failures" / f"{name}.webp", *failure)
        print(name, "failure: seed {}, step {}, episode {}, return {}".format(*failure))
    write("ablation.json", ablation(full))


if __name__ == "__main__":
    write("bars.json", bars()) if "bars" in sys.argv else beside()
