"""The parts that a training runs on: which files they come from, and putting them in place."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb

from undergrad.errors import UndergradError
from undergrad.mine.adapter import Piece
from undergrad.mine.loading import adapters, load
from undergrad.mine.place import piece, placed
from undergrad.mine.standing import Standing


class PartError(UndergradError):
    """A learner's part failed during a training."""

    exit_code = 1


@dataclass(frozen=True)
class Source:
    """One exercise and what of the engine is taken from it."""

    exercise: Path
    adapters: Path
    names: tuple[str, ...]


@dataclass(frozen=True)
class Kit:
    """Parts that were judged fit. It travels to other processes as file names, by pickling."""

    sources: tuple[Source, ...] = ()

    def functions(self) -> dict[str, Piece]:
        """The parts by the names of the pieces whose places they take; reads the files anew."""
        made: dict[str, Piece] = {}
        for source in self.sources:
            own, known = load(source.exercise), adapters(source.adapters)
            made |= {name: known[name](own, piece(name)) for name in source.names}
        return made

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """A block in which the parts stand in the engine's place.

        Raises PartError, with file and line, for what a part raises in it.
        """
        files = [source.exercise for source in self.sources]
        with _in_one_sentence(files), placed(self.functions()):
            yield


def kit_of(standings: Sequence[Standing]) -> Kit:
    """All parts that are the learner's own. Where two units build a piece, the later one does."""
    last = {each.name: each for each in standings if each.state == "yours"}
    names: dict[tuple[Path, Path], list[str]] = {}
    for each in last.values():
        assert each.exercise is not None and each.adapters is not None
        names.setdefault((each.exercise, each.adapters), []).append(each.name)
    return Kit(tuple(Source(*files, tuple(own)) for files, own in names.items()))


@contextmanager
def _in_one_sentence(files: Sequence[Path]) -> Iterator[None]:
    """Says where in the learner's own file an error came from; others pass as they are."""
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
            f"{type(error).__name__}{f' ({said})' if said else ''}; mend it, or train with "
            "`--engine reference`."
        ) from error
