"""Our environments: how many steps they take in a second, and a picture of each.

python -m bench.environments            # prints the table of docs/agents/environments.md
python -m bench.environments pictures   # draws its pictures into docs/assets/agents
"""

import sys
import time
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from undergrad.rl import envs

PICTURES = Path(__file__).parents[1] / "docs" / "assets" / "agents"
SIZES = (1, 16, 256)  # games side by side
_STEPS = {1: 8000, 16: 1500, 256: 300}
_SCENE = 30  # steps before the picture is taken, with actions at random


def rate(name: str, size: int, repeats: int = 3) -> float:
    """Steps of all games together in a second of processor time, at random; the best of some.

    One game runs as `gymnasium.make` gives it, with its wrappers; many as a vector environment.
    """
    return max(_rate_once(name, size) for _ in range(repeats))


def _rate_once(name: str, size: int) -> float:
    steps, rng = _STEPS[size], np.random.default_rng(0)
    if size > 1:
        many = gymnasium.make_vec(name, size, "vector_entry_point")
        many.reset(seed=0)
        actions = at_random(many.single_action_space, (steps, size), rng)
        started = time.process_time()
        for action in actions:
            many.step(action)
        return steps * size / (time.process_time() - started)
    one = gymnasium.make(name)
    one.reset(seed=0)
    chosen = list(at_random(one.action_space, (steps,), rng))
    started = time.process_time()
    for action in chosen:
        *_, terminated, truncated, _ = one.step(action)
        if terminated or truncated:
            one.reset()
    return steps / (time.process_time() - started)


def at_random(space: Any, shape: tuple[int, ...], rng: np.random.Generator) -> Any:
    """Evenly random actions: counted ones, or rows of numbers within their bounds."""
    if isinstance(space, gymnasium.spaces.Discrete):
        return rng.integers(space.n, size=shape)
    return rng.uniform(space.low, space.high, (*shape, *space.shape)).astype(space.dtype)


def table() -> str:
    """Markdown: one row for each environment."""
    rows = ["| environment | one game | 16 games | 256 games |", "|---|--:|--:|--:|"]
    for name in envs.NAMES:
        rates = [f"{rate(name, size):,.0f}" for size in SIZES]
        rows.append(f"| `{name}` | {' | '.join(rates)} |")
    return "\n".join(rows)


def picture(name: str, folder: Path) -> Path:
    """A scene some steps into a game, as a WebP picture."""
    from PIL import Image

    env = gymnasium.make(name, render_mode="rgb_array")
    env.reset(seed=1)
    rng, scene = np.random.default_rng(1), env.render()
    for _ in range(_SCENE):
        (action,) = at_random(env.action_space, (1,), rng)
        *_, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            break
        scene = env.render()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name.removeprefix('undergrad/').rpartition('-')[0].lower()}.webp"
    Image.fromarray(scene).save(path, lossless=True)
    return path


if __name__ == "__main__":
    envs.register()
    if sys.argv[1:] == ["pictures"]:
        for each in envs.NAMES:
            print(picture(each, PICTURES))
    else:
        print(table())
