"""The declared form of what a function returns, read from the `Returns:` line of its docstring.

    Returns: w, float, b, float, losses, list of float
    Returns: Q (M, N), R (N, N)

A value has a name and, after it, a shape (then it is an array) or a kind. An array may be followed
by the kind of its numbers, as in `ids (n,), int`. A name alone says nothing about the value. What
follows a semicolon, a colon or a full stop is prose. The form is compared with what the learner's
function returns, before a check unpacks it; it says nothing about right numbers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Forms = Mapping[str, tuple["Part", ...]]  # by function: "fit", "Adam.step"

_PLAIN = ("bool", "str", "list", "tuple", "dict", "bytes", "None", "Tensor", "Value")
_KINDS = {
    **dict.fromkeys(("float", "number"), "float"),
    **dict.fromkeys(("int", "ints"), "int"),
    **dict(zip(_PLAIN, _PLAIN, strict=True)),
}
_ARTICLE = {"int": "an int", "None": "None", "str": "a string", "bool": "True or False"}
_DTYPES = {"int": "iu", "ints": "iu", "float": "f", "floats": "f", "bool": "b"}


@dataclass(frozen=True)
class Part:
    """One of the values that a function returns."""

    name: str
    kind: str = ""  # "array", one of `_KINDS`, or "" for anything
    shape: str = ""  # of an array, as it is written: "(N, D)", "(like x)"
    dtype: str = ""  # kinds of numbers that an array may hold, as in NumPy's `dtype.kind`

    @property
    def rank(self) -> int | None:
        """How many axes the array has; None where the shape leaves it open."""
        inside = self.shape.strip("()")
        if not inside or "..." in inside or inside.startswith("like "):
            return None
        return len([each for each in inside.split(",") if each.strip()])


@dataclass(frozen=True)
class Misfit:
    """A value that has another form than the declared one."""

    function: str
    part: int | None  # which of several values; None: what came back as a whole
    got: str  # in words: "3 values", "a list of 2"


def read_form(docstring: str) -> tuple[Part, ...]:
    """What the `Returns:` line of a docstring declares; () without one.

    Raises ValueError for a line that cannot be read.
    """
    line = re.search(r"^\s*Returns: *(.*)$", docstring, re.MULTILINE)
    if line is None:
        return ()
    text = re.split(r"[;:]|\.(?:\s|$)", line[1])[0]
    parts: list[Part] = []
    for word in (each.strip() for each in re.split(r",(?![^()]*\))", text)):
        named = re.fullmatch(r"(\w+)(?: (\(.*\)))?", word)
        first = word.partition(" ")[0]
        if parts and parts[-1].kind == "array" and word in _DTYPES:
            parts[-1] = Part(parts[-1].name, "array", parts[-1].shape, _DTYPES[word])
        elif parts and not parts[-1].kind and first in _KINDS:
            parts[-1] = Part(parts[-1].name, _KINDS[first])
        elif named:
            parts.append(Part(named[1], "array" if named[2] else "", named[2] or ""))
        else:
            raise ValueError(f"Returns: cannot read {word!r} in {line[1]!r}")
    # What is kept for the backward pass is the learner's own affair, whatever we keep.
    return tuple(Part(p.name) if p.name in ("cache", "caches") else p for p in parts)


def read_forms(docstrings: Mapping[str, str]) -> Forms:
    """The forms of the functions whose docstrings declare one."""
    found = {name: read_form(text) for name, text in docstrings.items()}
    return {name: form for name, form in found.items() if form}


def misfit(function: str, form: tuple[Part, ...], value: Any) -> Misfit | None:
    """How `value`, which `function` returned, differs from its form; None when it fits."""
    if not form:
        return None
    if len(form) == 1:
        return None if _fits(form[0], value) else Misfit(function, None, described(value))
    if not isinstance(value, tuple | list) and getattr(value, "ndim", 0) != 1:
        return Misfit(function, None, described(value))
    if len(value) != len(form):
        got = described(value) if len(value) < 2 else str(len(value))
        return Misfit(function, None, got)
    for number, (part, each) in enumerate(zip(form, value, strict=True)):
        if not _fits(part, each):
            return Misfit(function, number, described(each))
    return None


def _fits(part: Part, value: Any) -> bool:
    """Has `value` the kind that is declared? Sequences of every type are taken for one another."""
    import numpy as np

    number = np.asarray(value) if isinstance(value, int | float | complex | np.generic) else value
    kind = number.dtype.kind if isinstance(number, np.ndarray) else ""
    single = isinstance(number, np.ndarray) and number.ndim == 0
    match part.kind:
        case "array":
            fits = isinstance(number, np.ndarray) and (not single or part.rank in (None, 0))
            return fits and not (part.dtype == "iu" and kind == "f")
        case "float":
            return single and kind in "fiuc"
        case "int":
            return single and kind in "iuO"
        case "bool":
            return single and kind == "b"
        case "list":
            return isinstance(value, list | tuple | np.ndarray) and not single
        case "tuple":
            return isinstance(value, list | tuple)
        case "str" | "dict" | "bytes":
            return isinstance(
                value, {"str": str, "dict": dict, "bytes": bytes | bytearray}[part.kind]
            )
        case "None":
            return value is None
    return True


def described(value: Any) -> str:
    """What kind of thing a value is, in words, by its type alone."""
    import numpy as np

    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape} that holds {value.dtype}"
    if isinstance(value, tuple):
        return f"{len(value)} value{'' if len(value) == 1 else 's'}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, float | np.floating):
        return f"the float {float(value):.6g}"
    if isinstance(value, int | np.integer):
        whole = int(value)
        return f"the whole number {whole}" if abs(whole) < 10**15 else "a large whole number"
    words = {type(None): "None", str: "a string", dict: "a dictionary"}
    return words.get(type(value), f"an object of type {type(value).__name__}")


def sentence(found: Misfit, forms: Forms) -> str:
    """What should come back, and what does: "`fit` should return 3 values (w, b, losses); ..."."""
    form = forms[found.function]
    name = found.function
    if found.part is not None:
        part = form[found.part]
        return f"`{name}` should return `{part.name}` as {_wanted(part)}; yours is {found.got}."
    if len(form) == 1:
        return f"`{name}` should return {_wanted(form[0])}; yours returned {found.got}."
    names = ", ".join(part.name for part in form)
    return f"`{name}` should return {len(form)} values ({names}); yours returned {found.got}."


def _wanted(part: Part) -> str:
    if part.kind != "array":
        return _ARTICLE.get(part.kind, f"a {part.kind}")
    inside = part.shape.strip("()")
    like = f"shaped {inside}" if inside.startswith("like ") else f"of shape {part.shape}"
    numbers = " of whole numbers" if part.dtype == "iu" else ""
    return f"an array {like}{numbers}"
