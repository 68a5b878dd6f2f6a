"""One seed of a run of an agent: train it in its folder, judge it, and evaluate it again."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from undergrad import engine
from undergrad.errors import ToolError, UsageError, notify
from undergrad.rl.evaluate import episode_seeds
from undergrad.rl.loops import Agent
from undergrad.rl.run import plots, render
from undergrad.rl.run.policy import as_data
from undergrad.rl.run.preset import Preset, define, load, names
from undergrad.rl.run.threshold import Threshold, measure, summary
from undergrad.rl.run.trainer import Trainer
from undergrad.rl.streams import JUDGING
from undergrad.rl.vector_env import EnvSpec
from undergrad.runs import folder as disk
from undergrad.runs.folder import Row
from undergrad.runs.preset import Kind
from undergrad.runs.run import SeedResult, unmeasured
from undergrad.runs.seeds import Callbacks, ShouldStop


@dataclass
class _Known:
    """What is known about a run besides its state: its log, its time, its first success."""

    rows: int = 0  # of the log
    seconds: float = 0.0  # spent, in all processes that trained it
    reached: dict[str, float] | None = None  # steps and seconds when it first met the pass line

    def add(self, row: Row, line: Threshold) -> None:
        """Count a row of the log, and notice the first evaluation that meets the pass line."""
        self.rows += 1
        if self.reached is None and row["kind"] == "evaluation" and line.met_by(row):
            self.reached = {"steps": row["step"], "seconds": round(self.seconds, 2)}


def train_seed(
    preset: Preset, seed: int, run: Path, callbacks: Callbacks, should_stop: ShouldStop
) -> SeedResult:
    """Train one seed in `run/seed-<seed>`, from its checkpoint if there is one, and judge it.

    The verdict is None when `should_stop` came first.
    """
    result = unmeasured(seed, run)
    result.folder.mkdir(exist_ok=True)
    trainer = Trainer(preset, seed, should_stop, callbacks.map_shards)
    path, log = checkpoint_of(result), result.folder / "log.jsonl"
    known = _Known(**(load_checkpoint(result.folder, trainer) if path.exists() else {}))
    disk.truncate_log(log, known.rows)
    started = time.monotonic() - known.seconds

    def save() -> None:
        with disk.writing(path):
            engine.save(path, trainer=trainer, extra=vars(known))

    while not trainer.finished and not should_stop():
        new = trainer.advance()
        if new:
            disk.append_log(log, new)
            known.seconds = time.monotonic() - started
            for row in new:
                known.add(row, preset.pass_line)
                callbacks.on_row(seed, row)
            if new[-1]["kind"] == "evaluation":
                save()
    known.seconds = time.monotonic() - started
    save()
    trainer.close()
    result = replace(result, steps=trainer.steps)
    if not trainer.finished:
        return result
    result = _judged(result, trainer)
    seconds = round(time.monotonic() - started, 2)
    return replace(result, seconds=seconds, more={**result.more, "reached": known.reached})


def _judged(result: SeedResult, trainer: Trainer) -> SeedResult:
    """Judge a trained agent, draw its plots and clips, and write its policy for the site."""
    preset, agent = trainer.preset, trainer.judged_agent()
    outcome = trainer.judge()
    start = episode_seeds([trainer.seed, JUDGING], 1)[0]
    with disk.writing(result.folder):
        rows = disk.read_log(result.folder / "log.jsonl")
        plots.draw(rows, preset.pass_line, result.folder / "returns")
        if "weights" in preset.plots:
            _draw_weights(agent, outcome.first.shape[-2:], result.folder / "weights")
        players = (trainer.untrained_agent(), agent)
        for clip, player in zip(preset.clips, players, strict=False):
            _save_clip(player, preset.env, start, result.folder / clip)
        policy = as_data(preset.env, agent)
        if policy is not None:
            disk.write_json(result.folder / "policy.json", policy)
    about = (agent.act_greedily, preset.env, preset.settings.gamma)
    measures = {name: measure(name, *about) for name in preset.pass_line.also}
    means = [row["return"] for row in trainer.evaluations]
    measured = preset.pass_line.measured(outcome)
    verdict = preset.pass_line.verdict(measured, means, measures)
    found = {"updates": trainer.agent.updates, "endless": outcome.endless}
    more = {**measures, **found, **outcome.more}
    return replace(result, verdict=verdict, score=outcome.mean, std=outcome.std, more=more)


def _draw_weights(agent: Agent, frame: Sequence[int], stem: Path) -> None:
    """What the hidden units of a policy look for in images of height and width `frame`."""
    height, width = frame
    net = agent.weights()["net"]
    if "actor.2.weight" in net:  # otherwise it has no hidden layer
        plots.draw_weights(net["actor.0.weight"], net["actor.2.weight"], (height, width), stem)


def _save_clip(agent: Agent, env: EnvSpec, start: int, path: Path) -> None:
    """A clip of one episode. An environment that cannot be rendered costs the clip, not the run."""
    try:
        render.save_clip(agent.act_greedily, env, [start], path)
    except (ToolError, UsageError) as error:
        notify(f"There is no {path.name}: {error}")


def evaluate_seed(preset: Preset, seed: SeedResult, episodes: int | None = None) -> SeedResult:
    """Judge a checkpoint: by default on the very episodes that judged it first.

    The verdict is about the score alone; `more` holds the number of episodes.
    """
    trainer = trained(preset, seed)
    outcome = trainer.judge(episodes)
    passed = preset.pass_line.measured(outcome) >= preset.pass_line.score
    more = {"episodes": len(outcome.returns), **outcome.more}
    return replace(
        seed,
        verdict="pass" if passed else "fail",
        score=outcome.mean,
        std=outcome.std,
        more={**seed.more, **more},
    )


def trained(preset: Preset, seed: SeedResult) -> Trainer:
    """The trainer of a seed, where its checkpoint left it. UsageError if nothing can be judged."""
    trainer = Trainer(preset, seed.seed)
    load_checkpoint(seed.folder, trainer)
    trainer.close()
    if not trainer.best:
        raise UsageError(f"{seed.folder} stopped before its first evaluation; resume it first.")
    return trainer


def checkpoint_of(seed: SeedResult) -> Path:
    """Where a seed is saved."""
    return seed.folder / "checkpoint.safetensors"


def load_checkpoint(folder: Path, trainer: Trainer) -> dict[str, Any]:
    """Put `trainer` where the checkpoint was. UsageError, with the cure, when that cannot be."""
    path = folder / "checkpoint.safetensors"
    if not path.exists():
        raise UsageError(f"{folder} has no checkpoint yet; resume the run, or start a new one.")
    try:
        return engine.load(path, trainer=trainer)
    except engine.CheckpointError as error:
        raise UsageError(
            f"The checkpoint cannot be used: {error}. Start a new run, or put back what changed."
        ) from error


def _summarise(preset: Preset, seeds: Sequence[SeedResult]) -> str:
    return summary(preset.pass_line, seeds)


KIND = Kind("reinforcement", names, load, train_seed, evaluate_seed, _summarise, define)
