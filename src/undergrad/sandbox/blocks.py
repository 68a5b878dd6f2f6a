"""The Python blocks of a lesson, in order: `run` is the program of a `sandbox.process.Job`.

A block is run as if everything above it had been run just before: the blocks above are replayed in
silence, in the same fresh process. So no block depends on what somebody ran earlier, or in what
order. What the last one prints is the output of the process; its pictures are sent.
"""

import linecache
import os
import signal
import sys
import warnings
from io import BytesIO
from traceback import TracebackException, walk_tb
from types import FrameType, ModuleType
from typing import Any

from undergrad.sandbox import renames
from undergrad.sandbox.launcher import Inside
from undergrad.sandbox.loading import importable, load

_PICTURES = 8  # of one block
_DOTS_PER_INCH = 110
_shown: set[str] = set()  # the names of blocks and exercises, as a traceback has them


class TooLong(BaseException):
    """Raised in the line that runs when the time is up."""


def run(job: dict[str, Any], inside: Inside) -> None:
    """Run the blocks of the job, and tell how the last one ended."""
    import numpy  # noqa: F401  # before the clock starts

    inside.close()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have set it aside
    signal.signal(signal.SIGALRM, _time_is_up)
    signal.setitimer(signal.ITIMER_REAL, 0.95 * inside.limits.seconds)
    warnings.filterwarnings("ignore", message=".*non-interactive")  # pictures are shown anyway
    main = sys.modules["__main__"] = ModuleType("__main__")
    silent = _Silence()
    modules = _exercises(job["exercises"], inside)
    with importable(modules):
        *above, (last, last_text) = job["blocks"]
        for number, text in above:
            if not _ran(number, text, main, inside):
                return
        for figure in _figures():
            figure.stale = False
        silent.end()
        inside.send({"say": "begin"})
        if _ran(last, last_text, main, inside):
            inside.send({"say": "done"})
        sys.stdout.flush()
        _send_pictures(inside)


def _time_is_up(number: int, frame: FrameType | None) -> None:
    raise TooLong


class _Silence:
    """From its creation to `end`, what is printed goes nowhere."""

    def __init__(self) -> None:
        self._kept = [os.dup(1), os.dup(2)]
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for descriptor in (1, 2):
            os.dup2(nowhere, descriptor)
        os.close(nowhere)

    def end(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        for descriptor, kept in zip((1, 2), self._kept, strict=True):
            os.dup2(kept, descriptor)
            os.close(kept)


def _exercises(given: list[dict[str, Any]], inside: Inside) -> dict[str, ModuleType]:
    """The modules that blocks import from `exercises`: the learner's, with what is on loan.

    Each may import those before it.
    """
    modules: dict[str, ModuleType] = {}
    for each in given:
        name = each["module"]
        with importable(modules):
            solution = _module(each["solution"], f"{name}.py, on loan")
            try:
                own = _module(each["own"], f"{name}.py") if each["own"] else solution
            except BaseException as error:
                inside.send({"say": "broken", "module": name, "why": _short(error)})
                own = solution
        renames.apply(own, each["renamed"])
        missing = vars(solution).keys() - vars(own).keys()
        borrowed = missing | vars(solution).keys() & each["borrowed"]
        vars(own).update({name: vars(solution)[name] for name in borrowed})
        modules[name] = own
    return modules


def _module(text: str, filename: str) -> ModuleType:
    """The text as a module, whose lines can be shown in a traceback."""
    _remember(text, filename)
    return load(text, filename)


def _remember(text: str, filename: str) -> None:
    _shown.add(filename)
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)


def _ran(number: int, text: str, main: ModuleType, inside: Inside) -> bool:
    """Run a block in the namespace that all share. False, and a message, when it fails."""
    filename = f"Block {number}"
    _remember(text, filename)
    try:
        exec(compile(text, filename, "exec", dont_inherit=True), vars(main))
    except BaseException as error:
        signal.setitimer(signal.ITIMER_REAL, 0)
        stopped = isinstance(error, TooLong | KeyboardInterrupt)
        told = _place(error) if stopped else _traceback(error)
        inside.send({"say": "raised", "block": number, "kind": _kind(error), "text": told})
        return False
    return True


def _kind(error: BaseException) -> str:
    return {TooLong: "late", KeyboardInterrupt: "stopped"}.get(type(error), "error")


def _traceback(error: BaseException) -> str:
    """As Python shows it, without the frames of this file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return "".join(TracebackException(type(error), error, trace).format())


def _place(error: BaseException) -> str:
    """The innermost line of a block, or of an exercise, that ran: "line 2 of Block 3"."""
    frames = ((each.f_code.co_filename, line) for each, line in walk_tb(error.__traceback__))
    places = [f"line {line} of {name}" for name, line in frames if name in _shown]
    return places[-1] if places else ""


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _figures() -> list[Any]:
    """The figures of Matplotlib that are open; none where it was never imported."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or not pyplot.get_fignums():
        return []
    now = pyplot.gcf()
    figures = [pyplot.figure(number) for number in pyplot.get_fignums()]
    pyplot.figure(now)
    return figures


def _send_pictures(inside: Inside) -> None:
    """Send what the last block has drawn or changed, as PNG, each with its labels in words."""
    drawn = [figure for figure in _figures() if figure.stale]
    for figure in drawn[:_PICTURES]:
        with BytesIO() as file:
            figure.savefig(file, format="png", dpi=_DOTS_PER_INCH, bbox_inches="tight")
            inside.send({"say": "picture", "words": _words(figure)}, file.getvalue())


def _words(figure: Any) -> str:
    """What is plotted against what, as far as the axes are labelled."""
    axes = "; ".join(
        " against ".join(filter(None, (each.get_ylabel(), each.get_xlabel())))
        + (f" ({each.get_title()})" if each.get_title() else "")
        for each in figure.axes
    )
    return f"A plot: {axes}" if axes.strip("; ") else "A plot"
