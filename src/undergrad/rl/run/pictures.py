"""What a run looks like: curves of what it learnt, and clips of its play before and after."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from undergrad import plots
from undergrad.rl.evaluate import Policy
from undergrad.rl.run.preset import Line

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

_SIZE = (300, 200)  # of a clip, in pixels
_EVERY = 2  # of the frames that are kept


def draw(rows: Sequence[dict[str, Any]], line: Line, stem: Path) -> None:
    """Write `<stem>-light.svg` and `-dark.svg`: returns, values and loss over the steps."""
    progress = [row for row in rows if row["kind"] == "progress"]
    evaluations = [row for row in rows if row["kind"] == "evaluation"]

    def fill(figure: "Figure") -> None:
        returns, values, loss = figure.subplots(3, 1, sharex=True, height_ratios=[2, 1, 1])
        _returns(returns, progress, evaluations, line)
        _values(values, evaluations)
        learnt = [row for row in progress if "loss" in row]
        loss.plot(_column(learnt, "step"), _column(learnt, "loss"), color=plots.COLOURS[3])
        loss.set(xlabel="steps in the environment", ylabel="loss", yscale="log")
        loss.tick_params(which="minor", labelleft=False)
        for axes in (returns, values, loss):
            axes.grid(True)

    plots.save(fill, stem, size=(6.4, 6.4))


def _returns(axes: Any, progress: list[Any], evaluations: list[Any], line: Line) -> None:
    played = [row for row in progress if row["return"] is not None]
    axes.plot(
        _column(played, "step"),
        _column(played, "return"),
        label="exploring, last 20 episodes",
        color=plots.COLOURS[4],
        linewidth=1,
    )
    steps, means, stds = (_column(evaluations, name) for name in ("step", "return", "std"))
    low = [mean - std for mean, std in zip(means, stds, strict=True)]
    high = [mean + std for mean, std in zip(means, stds, strict=True)]
    axes.fill_between(steps, low, high, alpha=0.2, color=plots.COLOURS[0], linewidth=0)
    axes.plot(steps, means, label="greedy, mean ± std", color=plots.COLOURS[0])
    axes.axhline(line.score, label="pass line", color=plots.COLOURS[2], linestyle="--", linewidth=1)
    axes.set(ylabel="return")
    axes.legend(fontsize="small")


def _values(axes: Any, evaluations: list[Any]) -> None:
    steps = _column(evaluations, "step")
    axes.plot(steps, _column(evaluations, "value"), label="expected", color=plots.COLOURS[1])
    axes.plot(steps, _column(evaluations, "discounted"), label="true", color=plots.COLOURS[0])
    axes.set(ylabel="discounted\nreturn")
    axes.legend(fontsize="small")


def _column(rows: Sequence[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in rows]


def film(policy: Policy, environment: str, seed: int, path: Path) -> None:
    """Play one episode from `seed` and write it as an animated WebP, under 300 kB."""
    import os

    # Pygame greets on stdout, and looks for a screen that these pictures do not need.
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    import gymnasium

    env = gymnasium.make(environment, render_mode="rgb_array")
    observation, _ = env.reset(seed=seed)
    frames, ended, step = [_frame(env)], False, 0
    while not ended:
        action = int(policy(observation[None])[0])
        observation, _, terminated, truncated, _ = env.step(action)
        ended, step = terminated or truncated, step + 1
        if ended or step % _EVERY == 0:
            frames.append(_frame(env))
    pace = 1000 * _EVERY / env.metadata.get("render_fps", 30)  # milliseconds a frame
    env.close()
    frames[0].save(
        path,
        save_all=True,
        append_images=frames[1:],
        duration=[round(pace)] * (len(frames) - 1) + [1000],  # rest at the end, then begin again
        loop=0,
        quality=50,
        method=2,
    )


def _frame(env: Any) -> "Image":
    """What the world looks like now. Made small at once: 500 large ones would fill 360 MB."""
    from PIL import Image as pillow

    return pillow.fromarray(env.render()).resize(_SIZE)
