"""The switch for notebooks and capstones: train on the reference, or on your own parts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from undergrad import course, journey
from undergrad.errors import UsageError
from undergrad.mine.kit import kit_of
from undergrad.mine.standing import standings

KINDS = ("reference", "mine")


@contextmanager
def engine(kind: str = "mine", folder: Path | str | None = None) -> Iterator[str]:
    """A block that computes on the parts of the units you passed, with `kind` "mine".

    With "reference" nothing is changed. The block receives a sentence that says what it runs on.
    The journey is `folder`, else UNDERGRAD_JOURNEY, else the one around the current folder.

    Example:
        with mine.engine("mine") as said:
            print("Training", said)
            ...
    """
    if kind not in KINDS:
        raise UsageError(f"There is no engine `{kind}`: choose reference or mine.")
    if kind == "reference":
        yield "on the reference engine"
        return
    named = folder or os.environ.get("UNDERGRAD_JOURNEY")
    known = standings(course.load(), journey.find(Path(named) if named else None))
    yours = {each.name for each in known if each.state == "yours"}
    count, whole = len(yours), len({each.name for each in known})
    said = f"all {whole} parts yours" if count == whole else f"{count} parts yours, others on loan"
    with kit_of(known)():
        yield f"on your own engine: {said}"
