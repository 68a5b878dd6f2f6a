"""What a learner reads when something went wrong: plain words, their own line, no framework."""

import sys
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from undergrad.checker.answer import Answer, Opaque, Raised
from undergrad.checker.compare import Difference, form
from undergrad.checker.guess import RETURN_MISSING
from undergrad.checker.protocol import Received
from undergrad.checker.result import Verdict
from undergrad.checker.source import Source

_ARRAY_LINES, _LONG_TEXT = 5, 160  # lines and characters that are worth showing


def show(value: Any) -> str:
    """A value in at most a few short lines."""
    import numpy as np

    if isinstance(value, Opaque) or value is None:
        return form(value)
    if isinstance(value, np.ndarray):
        body = np.array2string(value, precision=4, threshold=24, edgeitems=2, max_line_width=72)
        lines = body.splitlines()
        short = lines if len(lines) <= _ARRAY_LINES else [*lines[:_ARRAY_LINES], "..."]
        return f"array {value.shape} {value.dtype}\n" + "\n".join(short)
    if isinstance(value, float | np.floating):
        return f"{float(value):.6g}"
    if isinstance(value, list | tuple):
        inside = ", ".join(" ".join(show(each).split()) for each in value[:6])
        more = ", ..." if len(value) > 6 else ""
        return f"[{inside}{more}]" if isinstance(value, list) else f"({inside}{more})"
    text = repr(value)
    return text if len(text) <= 200 else text[:200] + " ..."


def where(difference: Difference, labels: Mapping[tuple[Any, ...], str]) -> str:
    """Where the values differ, as in "5 of 12 numbers differ; most at index (0, 2)".

    labels: the names of the values that the exercise's functions returned, by their path.
    """
    path = _named_path(difference.path, labels)
    inside = f" in {path}" if path else ""
    if difference.what != "numbers" or not difference.index:
        return f"This is about {path}." if path else ""
    index = difference.index[0] if len(difference.index) == 1 else difference.index
    expected, got = difference.expected[difference.index], difference.got[difference.index]
    return (
        f"{difference.wrong} of {difference.of} numbers differ{inside}; "
        f"most at index {index}: expected {show(expected.item())}, got {show(got.item())}."
    )


def _named_path(path: tuple[Any, ...], labels: Mapping[tuple[Any, ...], str]) -> str:
    """Which value it is: by the name it has in the exercise where it has one."""
    own = next((n for n in range(len(path), -1, -1) if path[:n] in labels), None)
    if own is None:
        name, rest = "what the check compares", path
    else:
        name, rest = labels[path[:own]], path[own:]
    steps = (f"number {each + 1}" if isinstance(each, int) else repr(each) for each in rest[::-1])
    return " of ".join((*steps, name)) if path else ""


def not_started(raised: Raised) -> bool:
    """The blank exercise's own error, which is no fault."""
    return raised.name == "NotImplementedError" and raised.text.startswith("TODO")


def error(answer: Answer, source: Source, solution: Source) -> tuple[Verdict, str]:
    """The verdict on an exception, and the sentence for it."""
    raised = answer.raised
    assert raised is not None
    if not_started(raised):
        end = "" if raised.text.endswith("?") else "."
        return "fail", f"Not started yet. {raised.text}{end}"
    if raised.name == "MissingName":
        return "error", _missing(raised.text, source)
    if raised.at_call:
        return "error", _arguments(answer, raised, source, solution)
    if raised.is_a("MemoryError"):
        return "memory", f"It needed more memory than a check may use{_at(raised, source)}"
    if raised.is_a("SystemExit"):
        return (
            "crashed",
            f"Your code ends the program{_at(raised, source)}A check needs it to return.",
        )
    if raised.line is None and _came_back_odd(answer, solution):
        return "error", _odd_return(answer)
    if raised.line is None and (declared := _declared(answer, solution)):
        return "error", f"{_named(raised)}. {declared}"
    return "error", f"{_named(raised)}{_at(raised, source)}{_cure(raised, source)}".strip()


def _came_back_odd(answer: Answer, solution: Source) -> bool:
    """Did the last function give None where it declares a value, or a generator, or a coroutine?"""
    if answer.returned == "NoneType":
        return bool(answer.used) and answer.used[-1] in solution.returns
    return answer.returned in ("generator", "coroutine")


def _declared(answer: Answer, solution: Source) -> str:
    """What the last function that the check took should return, where the check cannot use it."""
    name = answer.used[-1] if answer.used else ""
    line = solution.returns.get(name, "").partition("Returns: ")[2].partition("\n")[0]
    said = "The check met this when it used what `{}` returned, which should be: {}."
    return said.format(name, line.rstrip(".")) if line else ""


def _named(raised: Raised) -> str:
    """The exception's name and the beginning of its text."""
    lines = raised.text.strip().splitlines()
    text = lines[0] if lines else ""
    short = text if len(text) <= _LONG_TEXT else f"{text[:_LONG_TEXT]} ..."
    return f"{raised.name}: {short}" if short else raised.name


def _at(raised: Raised, source: Source) -> str:
    """The learner's line, or a full stop when the error was not in their file."""
    if raised.line is None:
        return ". "
    inside = f" in `{raised.function}`" if raised.function not in ("", "<module>") else ""
    return f"\nline {raised.line}{inside}: {source.line(raised.line)}\n"


def _cure(raised: Raised, source: Source) -> str:
    if raised.is_a("EOFError"):
        return "A check has no keyboard: take the values from the arguments, not from input()."
    if raised.name == "BdbQuit":
        return "A breakpoint() is left in the code."
    if raised.is_a("RecursionError"):
        return "A function calls itself endlessly."
    quoted = raised.text.split("'")[1::2]
    if raised.is_a("ImportError") and "relative import" in raised.text:
        return f"An exercise is a file of its own: {_ALONE}"
    if raised.is_a("ModuleNotFoundError") and quoted:
        return _missing_module(quoted[0].partition(".")[0], source)
    if raised.is_a("ImportError") and len(quoted) > 1:  # cannot import name 'a' from 'b'
        return _misspelt(quoted[0], _names_in(quoted[1]))
    if raised.is_a("NameError") and quoted == ["np"]:
        return "Write `import numpy as np` at the top of your file."
    if raised.text.startswith("module ") and len(quoted) > 1:  # module 'a' has no attribute 'b'
        return _misspelt(quoted[1], _names_in(quoted[0]))
    return ""


_ALONE = "a check sees nothing else of yours, so copy into it what you need."


def _missing_module(name: str, source: Source) -> str:
    """What to do about a module that Python does not find: own, misspelt or not installed."""
    beside = Path(source.path).parent
    if name == "exercises" or (beside / f"{name}.py").exists() or (beside / name).is_dir():
        what = "Your other exercises are" if name == "exercises" else f"`{name}` is"
        return f"{what} beside your file, and not in it: {_ALONE}"
    meant = _misspelt(name, ("numpy", *sys.stdlib_module_names))
    return meant or f"`{name}` is not installed. An exercise needs nothing but Python and NumPy."


def _misspelt(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, [each for each in known if each != name], n=1, cutoff=0.7)
    return f"Is `{name}` meant to be `{close[0]}`?" if close else ""


def _names_in(module: str) -> list[str]:
    """What a library offers that this process has loaded as well; nothing of others."""
    return [each for each in dir(sys.modules.get(module)) if not each.startswith("_")]


def _odd_return(answer: Answer) -> str:
    name = f"`{answer.used[-1]}`" if answer.used else "Your function"
    if answer.returned == "NoneType":
        return f"{name} returned None. {RETURN_MISSING}"
    return f"{name} returned a {answer.returned}; use a plain `def` with `return`."


def _missing(name: str, source: Source) -> str:
    close = get_close_matches(name, source.signatures, n=1)
    renamed = f" There is `{close[0]}`: was it renamed?" if close else ""
    return f"`{name}` is missing from {source.name}.{renamed} The check calls it by that name."


def _arguments(answer: Answer, raised: Raised, source: Source, solution: Source) -> str:
    name = raised.text.partition("(")[0].rpartition(".")[2]
    name = name if name in solution.signatures else (answer.used[-1] if answer.used else name)
    wanted, have = solution.signatures.get(name), source.signatures.get(name)
    if wanted is None or have is None or wanted == have:
        return f"The call does not fit: {raised.text}."
    return f"`{name}` is called as {name}({wanted}), but yours takes ({have}). Keep the signature."


def ending(run: Received, source: Source, seconds: float) -> tuple[Verdict, str]:
    """Why the answers stopped coming."""
    line = run.late_line
    at = f" It was at line {line}: {source.line(line)}" if line else ""
    match run.ended.ending:
        case "timeout":
            return (
                "timeout",
                f"Stopped after {seconds:g} seconds; is there an endless loop?{at}",
            )
        case "output":
            return (
                "output-limit",
                "Stopped because it printed endlessly. Is there a print in a loop?",
            )
        case "messages":
            return "output-limit", "Stopped because the values it returned were far too large."
        case "garbled":
            return (
                "crashed",
                "Your code wrote into the checker's own channel, so nothing was judged.",
            )
    return _died(run)


def _died(run: Received) -> tuple[Verdict, str]:
    from signal import SIGXCPU, Signals

    number = run.ended.code - 128
    if number == SIGXCPU:
        return "timeout", "Stopped because it used too much processor time."
    if number > 0 and number in Signals.__members__.values():
        name = Signals(number).name
        return "crashed", f"The process was ended from inside or by the system ({name})."
    return (
        "crashed",
        "The process ended before your code had answered (os._exit, a closed channel?).",
    )
