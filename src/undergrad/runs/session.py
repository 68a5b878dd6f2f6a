"""Start a run, resume it, evaluate it again: the same for networks and for agents.

A run can be stopped at any moment and resumed. The results of finished seeds stay; a seed that was
interrupted resumes from its newest checkpoint and ends as if it had never been stopped. A method
that works once may have been lucky: so a run can have several seeds, and its verdict can also be
"inconclusive".
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from undergrad import __version__
from undergrad.errors import UndergradError, UsageError
from undergrad.runs import folder as disk
from undergrad.runs.preset import AnyPreset, Kind, Preset
from undergrad.runs.run import Run, SeedResult, Verdict, unmeasured
from undergrad.runs.seeds import HERE, Callbacks, Context, ShouldStop, Workers
from undergrad.runs.settings import as_dict, from_dict


def start(preset: Preset, runs: Path, seeds: Sequence[int]) -> Run:
    """Create the folder of a new run. Nothing is trained yet."""
    folder = disk.create(runs, preset.name)
    run = Run(
        id=folder.name,
        folder=folder.absolute(),
        preset=preset.name,
        title=preset.title,
        kind=preset.kind,
        state="running",
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
        verdict=None,
        pass_line=str(preset.pass_line),
        summary="",
        seeds=tuple(unmeasured(seed, folder) for seed in seeds),
        settings=as_dict(preset.settings),
        engine="reference",
        plots=preset.plots,
        clips=preset.clips,
        undergrad=__version__,
        cores=os.cpu_count(),
        definition=_portable(preset.definition, _root(folder)),
    )
    run.write()
    return run


def preset_of(run: Run, kind: Kind[AnyPreset]) -> AnyPreset:
    """The preset of a run, with the settings that it was started with."""
    if run.kind != kind.name:
        raise UsageError(f"{run.id} is a {run.kind} run, and this needs a {kind.name} run.")
    try:
        definition = _placed(run.definition, _root(run.folder))
        defined = kind.define(run.preset, definition) if kind.define and definition else None
        preset = defined or kind.load(run.preset)
        return replace(preset, settings=from_dict(type(preset.settings), run.settings))
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"{run.folder / 'run.json'} is not complete ({error}); start a new run."
        ) from error


def _root(run: Path) -> Path:
    """The folder that holds `runs/` and the run in it: a journey, where there is one."""
    return run.resolve().parent.parent


def _portable(definition: Mapping[str, Any], root: Path) -> Mapping[str, Any]:
    """With the `folder` of its module relative to `root`, and left out when it is elsewhere.

    A run can then be moved with what surrounds it, and sent to somebody without our paths in it.
    """
    place = Path(definition.get("folder") or root).resolve()
    inside = place.is_relative_to(root)
    folder = place.relative_to(root).as_posix() if inside else ""
    return {**definition, "folder": folder} if definition.get("folder") else definition


def _placed(definition: Mapping[str, Any], root: Path) -> Mapping[str, Any]:
    """With its `folder` as an absolute path again, as which older runs have it."""
    folder = definition.get("folder")
    return {**definition, "folder": str(root / folder)} if folder else definition


def resume(
    run: Run,
    kind: Kind[AnyPreset],
    *,
    callbacks: Callbacks | None = None,
    should_stop: ShouldStop = lambda: False,
    context: Context = nullcontext,
    workers: Workers = HERE,
) -> Run:
    """Train and judge every seed that is not judged yet. Returns the run as it then is.

    Several seeds train in processes of their own, as many at once as there are cores.

    Arguments:
        should_stop: called all the time; once it is true, everything is saved and the run is left.
        context: entered for each seed, in the process that trains it.
        workers: who trains them, when it is not this machine.
    """
    preset, callbacks = preset_of(run, kind), callbacks or Callbacks()
    with disk.lock(run.folder):
        run = Run.read(run.folder)  # another process may have finished it since
        check_unfinished(run)
        run = replace(run, state="running", arithmetic=run.arithmetic or workers.arithmetic)
        run.write()
        before, clock = run.seconds, time.monotonic()
        train_seed = partial(kind.train_seed, preset)
        try:
            for result in workers.train_seeds(
                train_seed, run.folder, run.unfinished, callbacks, should_stop, context
            ):
                seconds = round(before + time.monotonic() - clock, 2)
                run = replace(run.with_seed(result), seconds=seconds)
                run.write()
                if result.verdict is not None:
                    callbacks.on_seed(result)
        except UndergradError as error:
            replace(run, state="interrupted", summary=str(error)).write()
            raise
        run = _concluded(run, partial(kind.summarise, preset))
        run.write()
    return run


def check_unfinished(run: Run) -> None:
    """Raise UsageError when there is nothing left to resume."""
    if run.state == "finished":
        raise UsageError(f"{run.id} is finished already; `undergrad evaluate` judges it again.")


def _concluded(run: Run, summarise: Callable[[Sequence[SeedResult]], str]) -> Run:
    if run.unfinished:
        return replace(run, state="interrupted", verdict=None, summary="Stopped before the end.")
    verdict = verdict_of([str(seed.verdict) for seed in run.seeds])
    return replace(run, state="finished", verdict=verdict, summary=summarise(run.seeds))


def verdict_of(verdicts: Sequence[str]) -> Verdict:
    """All seeds passed: pass. At most half of them: fail. Otherwise inconclusive."""
    passed = sum(verdict == "pass" for verdict in verdicts)
    if passed == len(verdicts):
        return "pass"
    return "fail" if 2 * passed <= len(verdicts) else "inconclusive"


def evaluate(run: Run, kind: Kind[AnyPreset], episodes: int | None = None) -> list[SeedResult]:
    """Judge the checkpoint of every seed again, by default on exactly what judged it first."""
    preset = preset_of(run, kind)
    return [kind.evaluate_seed(preset, seed, episodes) for seed in run.seeds]


def train(
    kind: Kind[AnyPreset],
    name: str,
    *,
    seeds: Sequence[int] = (0,),
    settings: Mapping[str, str] | None = None,
    runs: Path | str = "runs",
    callbacks: Callbacks | None = None,
    should_stop: ShouldStop = lambda: False,
) -> Run:
    """Train the preset called `name` from each seed and judge it.

    Arguments:
        settings: other settings than those of the preset, as text, such as {"epochs": "3"}.
        runs: where to create the folder of the run.
    """
    preset = kind.load(name).with_settings(settings or {})
    run = start(preset, Path(runs), seeds)
    return resume(run, kind, callbacks=callbacks, should_stop=should_stop)
