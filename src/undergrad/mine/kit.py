"""The learner's parts that a training run uses: which files they come from, and putting them in
place, also with one block in a notebook or a capstone."""

import ast
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import TypeAlias

from undergrad.course.lookup import on_loan
from undergrad.errors import UndergradError, UsageError
from undergrad.files import source_text
from undergrad.journey import learner
from undergrad.mine.adapter import Function, adapters, load_exercise
from undergrad.mine.parts import OwnPart, own_parts
from undergrad.mine.patch import function_at, patched
from undergrad.sandbox.loading import Earlier
from undergrad.words import plural

Renamed: TypeAlias = tuple[tuple[str, str], ...]
KINDS = ("reference", "mine")


class PartError(UndergradError):
    """A learner's part failed during a training run."""

    exit_code = 1


@dataclass(frozen=True)
class Source:
    """One exercise, as it was read, and what of the engine is taken from it."""

    exercise: Path
    text: str  # of the exercise
    earlier: Earlier  # the solutions on loan that it imports
    adapters: Path
    code: bytes  # of the adapters
    renamed: Renamed  # (name in older exercises, name today)
    names: tuple[str, ...]


@dataclass(frozen=True)
class Kit:
    """Parts that were judged fit. They travel to other processes, and to other machines, as text:
    what a learner saves meanwhile changes nothing in a training that runs."""

    sources: tuple[Source, ...] = ()

    def functions(self) -> dict[str, Function]:
        """The parts by the names of the functions that they replace."""
        made: dict[str, Function] = {}
        for source in self.sources:
            known = adapters(source.code, str(source.adapters))
            with redirect_stdout(sys.stderr):  # stdout is for the results of a command
                about = (str(source.exercise), source.renamed, source.earlier)
                own = load_exercise(source.text, *about)
            made |= {name: known[name](own, function_at(name)) for name in source.names}
        return made

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """A block in which the parts stand in the engine's place.

        Raises PartError, with file and line, for what a part raises in it.
        """
        files = [source.exercise for source in self.sources]
        with _in_one_sentence(files), patched(self.functions()):
            yield


def kit_of(parts: Sequence[OwnPart]) -> Kit:
    """All parts that are the learner's own. Where two units build a part, the later one does."""
    last = {each.name: each for each in parts if each.state == "yours"}
    names: dict[tuple[Path, Path, Renamed], list[str]] = {}
    for each in last.values():
        assert each.exercise is not None and each.adapters is not None
        names.setdefault((each.exercise, each.adapters, each.renamed), []).append(each.name)
    return Kit(tuple(_source(*files, tuple(own)) for files, own in names.items()))


def _source(exercise: Path, adapters: Path, renamed: Renamed, names: tuple[str, ...]) -> Source:
    text = source_text(exercise)
    earlier = on_loan(ast.parse(text))
    return Source(exercise, text, earlier, adapters, adapters.read_bytes(), renamed, names)


@contextmanager
def engine(kind: str = "mine", folder: Path | str | None = None) -> Iterator[str]:
    """A block that computes on the parts of the units you passed, with `kind` "mine".

    With "reference" nothing is changed. The block receives a description of what it runs on.
    The journey is `folder`, else UNDERGRAD_JOURNEY, else the one around the current folder.

    Example:
        with mine.engine("mine") as description:
            print("Training", description)
            ...
    """
    if kind not in KINDS:
        raise UsageError(f"There is no engine `{kind}`: choose reference or mine.")
    if kind == "reference":
        yield "on the reference engine"
        return
    named = folder or os.environ.get("UNDERGRAD_JOURNEY")
    known = own_parts(learner(Path(named) if named else None))
    yours = {each.name for each in known if each.state == "yours"}
    count, whole = len(yours), len({each.name for each in known})
    whole_engine, some = f"all {whole} parts yours", f"{plural(count, 'part')} yours"
    description = whole_engine if count == whole else f"{some}, others on loan"
    with kit_of(known)():
        yield f"on your own engine: {description}"


@contextmanager
def _in_one_sentence(files: Sequence[Path]) -> Iterator[None]:
    """Adds the line of the learner's own file to an error; other errors pass as they are."""
    try:
        yield
    except UndergradError:
        raise
    except Exception as error:
        theirs = {str(path) for path in files}
        lines = [frame for frame in extract_tb(error.__traceback__) if frame.filename in theirs]
        if not lines:
            raise
        said = " ".join(str(error).split())[:200]
        raise PartError(
            f"{lines[-1].filename}:{lines[-1].lineno}: your `{lines[0].name}` raised "
            f"{type(error).__name__}{f' ({said})' if said else ''}; fix it, or train with "
            "`--engine reference`."
        ) from error
