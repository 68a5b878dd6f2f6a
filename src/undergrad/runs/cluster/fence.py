"""A slice with a learner's own code in it, trained in the sandbox of the worker.

Parts of the engine travel within the slice, and the modules of an environment lie in the folder in
which the sandboxed process works. It may write to the scratch folder of the slice and nowhere else,
and reaches no network. What it sends back is data, and is read as a stranger's.

It must round as its worker does: so it gets the variables that choose a library's kernels, and its
arithmetic is compared.
"""

import os
import pickle
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

from undergrad.errors import ToolError, UndergradError, notified_by
from undergrad.runs.cluster.proof import ARITHMETIC, arithmetic
from undergrad.runs.cluster.slices import (
    Slice,
    Task,
    files_of,
    is_stopped,
    refuse_change,
    seed_folder,
    train,
    until,
)
from undergrad.runs.folder import Row
from undergrad.runs.run import SeedResult, seed_from_json
from undergrad.sandbox.frames import ProtocolError
from undergrad.sandbox.launcher import Inside
from undergrad.sandbox.limits import Limits
from undergrad.sandbox.process import Ended, Job, bare, run

_LONGEST = 7 * 86_400.0  # seconds of a slice that is the rest of a seed
_STEP = 3_600.0  # seconds that the step at its end may take, or the verdict on a trained seed
_LOOK = 0.2  # seconds between two looks at whether to stop
_ROUNDING = ("OPENBLAS_", "MKL_", "OMP_", "NPY_")  # variables that decide how a library rounds


@dataclass
class _Received:
    """What came out of the sandbox."""

    rows: list[Row] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    result: SeedResult | None = None
    error: UndergradError | None = None


def train_slice(code: Mapping[str, bytes], task: Task) -> Slice:
    """Like `slices.train_slice`, in the sandbox.

    code: modules that the training imports, by their paths.
    """
    refuse_change(task.proof)
    received = _Received()
    with seed_folder(task) as folder:
        scratch, place, stop = folder.parent, folder.parent / "code", folder.parent / ".stop"
        _lay_out(code, place)
        seconds = min(task.seconds, _LONGEST)
        data = {
            "work": b64encode(task.work).decode(),
            "seed": task.seed,
            "run": str(scratch),
            "seconds": seconds,
            "stop": str(stop),
            "arithmetic": task.proof[ARITHMETIC],
        }
        job = Job(
            f"{__name__}:train_inside",
            data,
            writable=(str(scratch),),
            folder=str(place),
            environment=_environment(str(scratch)),
        )
        with _stop_file(task.job, stop):
            ended = run(job, _limits(seconds + _STEP), partial(_receive, received))
        result = _result(task, ended, received)
        return Slice(result, files_of(folder), tuple(received.rows), tuple(received.said))


def train_inside(data: dict[str, Any], inside: Inside) -> None:
    """In the sandbox: train, and send rows and sentences as they come, and then the result."""
    work, stop = b64decode(data["work"]), Path(data["stop"])
    pickle.loads(work)  # what it imports of ours is imported with full rights
    sys.path.append(os.getcwd())  # before the folder that an environment had at home
    inside.close()
    about = (work, data["seed"], Path(data["run"]))
    with notified_by(lambda sentence: inside.send({"say": "sentence", "text": sentence})):
        try:
            _refuse_other_rounding(data["arithmetic"])
            result = train(
                *about,
                lambda row: inside.send({"say": "row", "row": row}),
                until(data["seconds"], stop.exists),
            )
        except UndergradError as error:
            inside.send({"say": "error", "text": str(error), "exit_code": error.exit_code})
        except Exception as error:
            text = f"The training ended with {type(error).__name__}: {error}"
            inside.send({"say": "error", "text": text, "exit_code": ToolError.exit_code})
        else:
            inside.send({"say": "result", "result": result.to_json()})


def _environment(home: str) -> dict[str, str]:
    """Nothing of the worker's but what decides how its libraries round."""
    kept = {name: text for name, text in os.environ.items() if name.startswith(_ROUNDING)}
    return {**bare(home), **kept}


def _refuse_other_rounding(expected: str) -> None:
    if arithmetic() != expected:
        raise ToolError(
            "The sandbox of a worker rounds differently from the worker itself, so your code "
            "cannot train there bit for bit: leave out --cluster."
        )


def _lay_out(code: Mapping[str, bytes], place: Path) -> None:
    place.mkdir()
    for name, content in code.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)


def _limits(seconds: float) -> Limits:
    """As for any training: it may need much memory, and its clock is the slice's."""
    return Limits(
        seconds=seconds,
        total=seconds,
        memory=64 << 30,
        messages=1 << 30,
        files=4 << 30,
        scratch=None,
        descriptors=256,
    )


@contextmanager
def _stop_file(job: str, file: Path) -> Iterator[None]:
    """Within the block the file appears when the job is to stop: the sandbox sees nothing else."""
    over = Event()

    def watch() -> None:
        while not over.wait(_LOOK):
            if is_stopped(job):
                file.touch()

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _receive(received: _Received, message: dict[str, Any], raw: bytes) -> None:
    match message:
        case {"say": "row", "row": {"kind": str(), "step": int()} as row}:
            received.rows.append(row)
        case {"say": "sentence", "text": str(text)}:
            received.said.append(text)
        case {"say": "error", "text": str(text), "exit_code": int(code)}:
            received.error = UndergradError(text)
            received.error.exit_code = code
        case {"say": "result", "result": dict(data)}:
            received.result = seed_from_json(Path(), data)
        case _:
            raise ProtocolError("an unknown message")


def _result(task: Task, ended: Ended, received: _Received) -> SeedResult:
    """ToolError when the process ended without one."""
    if received.error is not None:
        raise received.error
    if received.result is None:
        why = "took too long" if ended.ending == "timeout" else "ended early"
        said = " ".join(ended.output.split()[-40:])
        raise ToolError(
            f"The process that trains seed {task.seed} with your code {why}"
            f"{f' ({said})' if said else ''}; train it on this machine, where you see more."
        )
    return received.result
