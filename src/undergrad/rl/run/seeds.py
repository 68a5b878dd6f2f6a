"""One seed of a run of an agent: train it in its folder, and judge what came of it."""

import time
from pathlib import Path

from undergrad import engine
from undergrad import run_folder as disk
from undergrad.errors import UsageError
from undergrad.rl.evaluate import episode_seeds
from undergrad.rl.run import pictures, verdict
from undergrad.rl.run.measures import measure
from undergrad.rl.run.preset import Preset
from undergrad.rl.run.trainer import Trainer
from undergrad.rl.streams import JUDGING
from undergrad.run_seeds import Record, Stop, Watch, unmeasured


def train_seed(task: Preset, seed: int, run: Path, watch: Watch, stop: Stop) -> Record:
    """Train one seed in `run/seed-<seed>`, from its checkpoint if there is one, and judge it.

    Returns its entry for `run.json`; the verdict is None when `stop` came first.
    """
    folder = run / f"seed-{seed}"
    folder.mkdir(exist_ok=True)
    trainer = Trainer(task, seed)
    known = load_checkpoint(folder, trainer) if (folder / "checkpoint.safetensors").exists() else {}
    rows, before, started = known.get("rows", 0), known.get("seconds", 0.0), time.monotonic()
    disk.cut_log(folder / "log.jsonl", rows)

    def save() -> None:
        spent = before + time.monotonic() - started
        path, extra = folder / "checkpoint.safetensors", {"rows": rows, "seconds": spent}
        with disk.writing(path):
            engine.save(path, trainer=trainer, extra=extra)

    while not trainer.finished and not stop():
        new = trainer.advance()
        if new:
            disk.append_rows(folder / "log.jsonl", new)
            rows += len(new)
            for row in new:
                watch.row(seed, row)
            if new[-1]["kind"] == "evaluation":
                save()
    save()
    trainer.close()
    if not trainer.finished:
        return unmeasured(seed) | {"steps": trainer.steps}
    result = _judged(trainer, folder)
    return result | {"seconds": round(before + time.monotonic() - started, 2)}


def _judged(trainer: Trainer, folder: Path) -> Record:
    """Judge a finished training and draw its pictures."""
    task, agent = trainer.preset, trainer.judged_agent()
    outcome = trainer.judge()
    pictures.draw(disk.read_rows(folder / "log.jsonl"), task.line, folder / "returns")
    start = episode_seeds([trainer.seed, JUDGING], 1)[0]
    for name, player in (("before", trainer.untrained_agent()), ("after", agent)):
        pictures.film(player.act_greedily, task.world, start, folder / f"{name}.webp")
    about = (agent.act_greedily, task.world, task.settings.discount)
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
