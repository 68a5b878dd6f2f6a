"""A run from start to verdict: train each seed, save as it goes, judge, draw.

A run can be stopped at any moment and taken up again. What a finished seed found stays; a seed in
the middle goes on from its newest checkpoint and ends as if it had never been stopped.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from undergrad import __version__, engine
from undergrad.errors import ToolError, UsageError
from undergrad.rl.evaluate import episode_seeds
from undergrad.rl.run import folder as disk
from undergrad.rl.run import pictures, preset, verdict
from undergrad.rl.run.preset import Preset
from undergrad.rl.run.trainer import JUDGING, Row, Trainer, make_agent

Record: TypeAlias = dict[str, Any]  # run.json
Stop: TypeAlias = Callable[[], bool]


@dataclass(frozen=True)
class Watch:
    """What a run tells while it goes: each new row of a log, and each seed that is judged."""

    row: Callable[[int, Row], None] = lambda seed, row: None
    seed: Callable[[Record], None] = lambda result: None


def begin(task: Preset, runs: Path, seeds: Sequence[int]) -> Path:
    """Make the folder of a new run and return it. Nothing is trained yet."""
    folder = disk.create(runs, task.name)
    record = {
        "version": disk.VERSION,
        "preset": task.name,
        "title": task.title,
        "kind": "reinforcement",
        "state": "running",
        "started": disk.now(),
        "seconds": 0.0,
        "line": str(task.line),
        "verdict": None,
        "summary": "",
        "seeds": [_unmeasured(seed) for seed in seeds],
        "settings": task.settings.as_dict(),
        "undergrad": __version__,
        "cores": os.cpu_count(),
        "plots": ["returns"],
        "clips": ["before.webp", "after.webp"],
    }
    disk.write_record(folder, record)
    return folder


def task_of(folder: Path) -> Preset:
    """The task of an existing run, with the settings it was begun with."""
    record = disk.read_record(folder)
    if record.get("kind") != "reinforcement":
        raise UsageError(f"{folder} is not a run of an agent, so it cannot be used here.")
    try:
        task = preset.load(record["preset"])
        return replace(task, settings=preset.settings_from(record["settings"]))
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"{folder / 'run.json'} is not complete ({error}); start a new run."
        ) from error


def unfinished(folder: Path) -> tuple[int, ...]:
    """The seeds of a run that are not judged yet. UsageError when the run is finished."""
    record = disk.read_record(folder)
    if record["state"] == "finished":
        raise UsageError(f"{folder} is finished already; `undergrad evaluate` judges it again.")
    return tuple(seed["seed"] for seed in record["seeds"] if seed["verdict"] is None)


def go_on(folder: Path, *, watch: Watch | None = None, stop: Stop = lambda: False) -> Record:
    """Train and judge every seed of the run that is not judged yet. Returns `run.json`.

    Several seeds train in processes of their own, as many at once as there are cores.

    Arguments:
        watch: is told what happens.
        stop: asked all the time; once it is true, everything is saved and the run is left.
    """
    task, watch = task_of(folder), watch or Watch()
    with disk.alone(folder):
        waiting, record = unfinished(folder), disk.read_record(folder)
        disk.write_record(folder, record | {"state": "running"})
        started, before = time.monotonic(), record["seconds"]
        for result in _train_all(task, folder, waiting, watch, stop):
            record["seconds"] = round(before + time.monotonic() - started, 2)
            record["seeds"] = [
                result if seed["seed"] == result["seed"] else seed for seed in record["seeds"]
            ]
            disk.write_record(folder, record)
            if result["verdict"] is not None:
                watch.seed(result)
        record |= _outcome(task, record["seeds"])
        disk.write_record(folder, record)
    return record


def _train_all(
    task: Preset, folder: Path, seeds: Sequence[int], watch: Watch, stop: Stop
) -> Iterable[Record]:
    if len(seeds) < 2:
        return (train_seed(task, seed, folder, watch, stop) for seed in seeds)
    return _train_in_processes(task, folder, seeds, stop)


def _train_in_processes(
    task: Preset, folder: Path, seeds: Sequence[int], stop: Stop
) -> Iterator[Record]:
    """One process a seed. A file tells them to stop, since a signal reaches only some of them."""
    from threading import Event, Thread

    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky.process_executor import BrokenProcessPool

    sign, over = folder / ".stop", Event()
    sign.unlink(missing_ok=True)

    def pass_on() -> None:
        while not over.wait(0.1):
            if stop():
                sign.touch()

    Thread(target=pass_on, daemon=True).start()
    try:
        with parallel_config(backend="loky", inner_max_num_threads=1):
            many = Parallel(
                n_jobs=min(len(seeds), os.cpu_count() or 1), return_as="generator_unordered"
            )
            yield from many(delayed(_in_process)(task, seed, folder, sign) for seed in seeds)
    except BrokenProcessPool as error:
        raise ToolError(
            f"A training process was ended from outside, perhaps for want of memory; what was "
            f"saved is kept, resume {folder.name}."
        ) from error
    finally:
        over.set()
        sign.unlink(missing_ok=True)


def _in_process(task: Preset, seed: int, folder: Path, sign: Path) -> Record:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C and leaves the sign
    return train_seed(task, seed, folder, Watch(), sign.exists)


def train_seed(task: Preset, seed: int, run: Path, watch: Watch, stop: Stop) -> Record:
    """Train one seed in `run/seed-<seed>`, from its checkpoint if there is one, and judge it.

    Returns its entry for `run.json`; the verdict is None when `stop` came first.
    """
    folder = run / f"seed-{seed}"
    folder.mkdir(exist_ok=True)
    trainer = Trainer(task, seed)
    known = _load(folder, trainer) if (folder / "checkpoint.safetensors").exists() else {}
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
    trainer.env.close()
    if not trainer.finished:
        return _unmeasured(seed) | {"steps": trainer.steps}
    result = _judged(trainer, folder)
    return result | {"seconds": round(before + time.monotonic() - started, 2)}


def _judged(trainer: Trainer, folder: Path) -> Record:
    """Judge a finished training and draw its pictures."""
    task, seed, agent = trainer.preset, trainer.seed, trainer.judged_agent()
    outcome = trainer.judge()
    pictures.draw(disk.read_rows(folder / "log.jsonl"), task.line, folder / "returns")
    start = episode_seeds([seed, JUDGING], 1)[0]
    untrained = make_agent(task, seed, trainer.actions)
    for name, player in (("before", untrained), ("after", agent)):
        pictures.film(player.act_greedily, task.environment, start, folder / f"{name}.webp")
    means = [row["return"] for row in trainer.evaluations]
    return _unmeasured(seed) | {
        "verdict": verdict.of_seed(task.line, outcome.mean, means),
        "score": outcome.mean,
        "std": outcome.std,
        "steps": trainer.steps,
    }


def judge_again(folder: Path, episodes: int | None = None) -> list[Record]:
    """Judge the checkpoint of every seed: by default the very episodes that judged it first.

    Returns for each seed `seed, score, std, episodes` and `recorded`, the score in `run.json`.
    """
    task = task_of(folder)
    return [
        _judged_again(task, folder, entry, episodes) for entry in disk.read_record(folder)["seeds"]
    ]


def _judged_again(task: Preset, folder: Path, entry: Record, episodes: int | None) -> Record:
    trainer = Trainer(task, entry["seed"])
    _load(folder / entry["folder"], trainer)
    trainer.env.close()
    if not trainer.best:
        raise UsageError(f"{folder} stopped before its first evaluation; resume it first.")
    outcome = trainer.judge(episodes)
    return {
        "seed": entry["seed"],
        "score": outcome.mean,
        "std": outcome.std,
        "episodes": len(outcome.returns),
        "recorded": entry["score"],
    }


def _load(folder: Path, trainer: Trainer) -> Record:
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


def _outcome(task: Preset, seeds: Sequence[Record]) -> Record:
    if any(seed["verdict"] is None for seed in seeds):
        return {"state": "interrupted", "verdict": None, "summary": "Stopped before the end."}
    return {
        "state": "finished",
        "verdict": verdict.of_run([seed["verdict"] for seed in seeds]),
        "summary": verdict.sentence(task.line, seeds),
    }


def _unmeasured(seed: int) -> Record:
    nothing = {"verdict": None, "score": None, "std": None, "steps": None, "seconds": None}
    return {"seed": seed, **nothing, "folder": f"seed-{seed}"}


def train(
    name: str,
    *,
    seeds: Sequence[int] = (0,),
    settings: Mapping[str, str] | None = None,
    runs: Path | str = "runs",
    watch: Watch | None = None,
    stop: Stop = lambda: False,
) -> Record:
    """Train the task called `name` from each seed and judge it. Returns what `run.json` holds.

    Arguments:
        settings: other settings than the task's own, as text, such as {"steps": "2000"}.
        runs: where to make the folder of the run.

    Example: `train("cartpole", seeds=range(5))["verdict"]`
    """
    task = preset.load(name).with_settings(settings or {})
    return go_on(begin(task, Path(runs), seeds), watch=watch, stop=stop)
