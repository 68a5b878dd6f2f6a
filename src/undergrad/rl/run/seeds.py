"""One seed of a run of an agent: train it in its folder, and judge what came of it."""

import time
from dataclasses import dataclass
from pathlib import Path

from undergrad import engine
from undergrad import run_folder as disk
from undergrad.errors import UsageError
from undergrad.rl.evaluate import episode_seeds
from undergrad.rl.run import clip, pictures, verdict
from undergrad.rl.run.line import Line
from undergrad.rl.run.measures import measure
from undergrad.rl.run.preset import Preset
from undergrad.rl.run.trainer import Trainer
from undergrad.rl.streams import JUDGING
from undergrad.run_seeds import Record, Row, Stop, Watch, unmeasured


@dataclass
class _Known:
    """What is known about a training besides its state: its log, its time, its first success."""

    rows: int = 0  # of the log
    seconds: float = 0.0  # spent, in all processes that trained it
    reached: dict[str, float] | None = None  # steps and seconds when it first met the line

    def hear(self, row: Row, line: Line) -> None:
        """Count a row of the log, and notice the first evaluation that meets the line."""
        self.rows += 1
        if self.reached is None and row["kind"] == "evaluation" and line.met_by(row):
            self.reached = {"steps": row["step"], "seconds": round(self.seconds, 2)}


def train_seed(task: Preset, seed: int, run: Path, watch: Watch, stop: Stop) -> Record:
    """Train one seed in `run/seed-<seed>`, from its checkpoint if there is one, and judge it.

    Returns its entry for `run.json`; the verdict is None when `stop` came first.
    """
    folder = run / f"seed-{seed}"
    folder.mkdir(exist_ok=True)
    trainer, path = Trainer(task, seed), folder / "checkpoint.safetensors"
    known = _Known(**(load_checkpoint(folder, trainer) if path.exists() else {}))
    disk.cut_log(folder / "log.jsonl", known.rows)
    started = time.monotonic() - known.seconds

    def save() -> None:
        with disk.writing(path):
            engine.save(path, trainer=trainer, extra=vars(known))

    while not trainer.finished and not stop():
        new = trainer.advance()
        if new:
            disk.append_rows(folder / "log.jsonl", new)
            known.seconds = time.monotonic() - started
            for row in new:
                known.hear(row, task.line)
                watch.row(seed, row)
            if new[-1]["kind"] == "evaluation":
                save()
    known.seconds = time.monotonic() - started
    save()
    trainer.close()
    if not trainer.finished:
        return unmeasured(seed) | {"steps": trainer.steps}
    result = _judged(trainer, folder)
    return result | {"seconds": round(time.monotonic() - started, 2), "reached": known.reached}


def _judged(trainer: Trainer, folder: Path) -> Record:
    """Judge a finished training and draw its pictures."""
    task, agent = trainer.preset, trainer.judged_agent()
    outcome = trainer.judge()
    start = episode_seeds([trainer.seed, JUDGING], 1)[0]
    with disk.writing(folder):
        pictures.draw(disk.read_rows(folder / "log.jsonl"), task.line, folder / "returns")
        for name, player in (("before", trainer.untrained_agent()), ("after", agent)):
            clip.film(player.act_greedily, task.env, [start], folder / f"{name}.webp")
    about = (agent.act_greedily, task.env, task.settings.gamma)
    measures = {name: measure(name, *about) for name in task.line.also}
    means = [row["return"] for row in trainer.evaluations]
    return unmeasured(trainer.seed) | {
        "verdict": verdict.of_seed(task.line, task.line.measured(outcome), means, measures),
        "score": outcome.mean,
        "std": outcome.std,
        "steps": trainer.steps,
        **measures,
    }


def load_checkpoint(folder: Path, trainer: Trainer) -> Record:
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
