"""The declared form of what a function returns, read from the `Returns:` line of its docstring.

    Returns: w, float, b, float, losses, list of float
    Returns: Q (M, N), R (N, N)

A value has a name and, after it, a shape (then it is an array) or a kind. An array may be followed
by the kind of its numbers, as in `ids (n,), int`. A name alone says nothing about the value. What
follows a semicolon, a colon or a full stop is prose. The letters of a shape stand for the lengths
that the docstring gives the arguments: after "x: (N, D).   W: (M, D)." a result (N, M) has the rows
of x and those of W.

The form is compared with what the learner's function returns, before a check unpacks it; it says
nothing about right numbers.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

_PLAIN = ("bool", "str", "list", "tuple", "dict", "bytes", "None", "Tensor", "Value")
_KINDS = {
    **dict.fromkeys(("float", "number"), "float"),
    **dict.fromkeys(("int", "ints"), "int"),
    **dict(zip(_PLAIN, _PLAIN, strict=True)),
}
_ARTICLE = {
    "int": "an int", "None": "None", "str": "a string", "bool": "True or False", "bytes": "bytes",
    "dict": "a dictionary",
}  # fmt: skip
_NUMBERS = {"int": "iu", "ints": "iu", "float": "f", "floats": "f", "bool": "b"}
_IN_WORDS = {"iu": " of whole numbers", "f": " of floats", "b": " of True and False"}
_TYPES = {"str": str, "dict": dict, "bytes": bytes | bytearray}
# "x (N, D)", "x, y: two tables, (N, D)"
_ARGUMENTS = re.compile(r"(\w+(?:, \w+)*)(?:: [^.()]*)?,? ?(\([^()]*,[^()]*\))")


@dataclass(frozen=True)
class Part:
    """One of the values that a function returns."""

    name: str
    kind: str = ""  # "array", one of `_KINDS`, or "" for anything
    shape: str = ""  # of an array, as it is written: "(N, D)", "(like x)"
    dtype: str = ""  # what an array or a list may hold, as in NumPy's `dtype.kind`

    @cached_property
    def axes(self) -> list[str]:
        """The letters of the shape; "..." stands for any number of axes."""
        return [each.strip() for each in self.shape.strip("()").split(",") if each.strip()]

    @cached_property
    def like(self) -> str:
        """The argument whose shape it has; "" for none."""
        return self.shape[6:-1] if self.shape.startswith("(like ") else ""


@dataclass(frozen=True)
class Form:
    """What a function returns, and the shapes of its arguments as its docstring writes them."""

    parts: tuple[Part, ...]
    arguments: Mapping[str, Part] = field(default_factory=dict)


Forms = Mapping[str, Form]  # by function: "fit", "Adam.step"
NO_FORM = Form(())


@dataclass(frozen=True)
class Misfit:
    """A value that has another form than the declared one."""

    function: str
    part: int | None  # which of several values; None: what came back as a whole
    got: str  # in words: "3 values", "a list of 2"; the shape when that is wrong
    shape: str = ""  # the right one in this call, "(5, 3)", where the shape is wrong


def read_form(docstring: str) -> Form:
    """What a docstring declares; NO_FORM without a `Returns:` line.

    Raises ValueError for a line that cannot be read.
    """
    line = re.search(r"^\s*Returns: *(.*)$", docstring, re.MULTILINE)
    if line is None:
        return NO_FORM
    text = re.split(r"[;:]|\.(?:\s|$)", line[1])[0]
    parts: list[Part] = []
    for word in (each.strip() for each in re.split(r",(?![^()]*\))", text)):
        named = re.fullmatch(r"(\w+)(?: (\(.*\)))?", word)
        first, _, of = word.partition(" ")
        if parts and parts[-1].kind == "array" and word in _NUMBERS:
            parts[-1] = Part(parts[-1].name, "array", parts[-1].shape, _NUMBERS[word])
        elif parts and not parts[-1].kind and first in _KINDS:
            parts[-1] = Part(parts[-1].name, _KINDS[first], "", _NUMBERS.get(of[3:], ""))
        elif named:
            parts.append(Part(named[1], "array" if named[2] else "", named[2] or ""))
        else:
            raise ValueError(f"Returns: cannot read {word!r} in {line[1]!r}")
    # What is kept for the backward pass is the learner's own affair, whatever we keep.
    free = (Part(p.name) if p.name in ("cache", "caches") else p for p in parts)
    return Form(tuple(free), dict(_arguments(docstring[: line.start()])))


def _arguments(text: str) -> Iterator[tuple[str, Part]]:
    for names, shape in _ARGUMENTS.findall(" ".join(text.split())):
        yield from ((name, Part(name, "array", shape)) for name in names.split(", "))


def read_forms(docstrings: Mapping[str, str]) -> Forms:
    """The forms of the functions whose docstrings declare one."""
    found = {name: read_form(text) for name, text in docstrings.items()}
    return {name: form for name, form in found.items() if form.parts}


def misfit(function: str, form: Form, value: Any, arguments: Mapping[str, Any]) -> Misfit | None:
    """How `value`, which `function` returned for `arguments`, differs from its form, if it does."""
    parts = form.parts
    if len(parts) == 1:
        values: list[tuple[int | None, Part, Any]] = [(None, parts[0], value)]
    elif parts and not isinstance(value, tuple | list) and getattr(value, "ndim", 0) != 1:
        return Misfit(function, None, described(value))
    elif parts and len(value) != len(parts):
        return Misfit(function, None, described(value) if len(value) < 2 else str(len(value)))
    else:
        values = [(number, part, value[number]) for number, part in enumerate(parts)]
    for number, part, each in values:
        if got := _other_kind(part, each):
            return Misfit(function, number, got)
    lengths = _lengths(form.arguments, arguments)
    for number, part, each in values:
        shape = getattr(each, "shape", ())
        if part.kind == "array" and (right := _other_shape(part, shape, lengths, arguments)):
            return Misfit(function, number, str(shape), right)
    return None


def _other_kind(part: Part, value: Any) -> str:
    """`value` in words when it has not the declared kind. All sequences count as one kind."""
    fits = _has_kind(part, value)
    if fits and part.kind == "list" and part.dtype and isinstance(value, list | tuple):
        inside = Part(part.name, "int" if part.dtype == "iu" else "float")
        odd = [each for each in value if not _has_kind(inside, each)]
        return f"a list with {described(odd[0])} in it" if odd else ""
    return "" if fits else described(value)


def _has_kind(part: Part, value: Any) -> bool:
    import numpy as np

    number = np.asarray(value) if isinstance(value, int | float | complex | np.generic) else value
    kind = number.dtype.kind if isinstance(number, np.ndarray) else ""
    single = isinstance(number, np.ndarray) and number.ndim == 0
    match part.kind:
        case "array":
            other = {"iu": "f", "b": "fiu"}.get(part.dtype, "")
            open_rank = not part.axes or "..." in part.axes or bool(part.like)
            fits = isinstance(number, np.ndarray) and (not single or open_rank)
            return fits and kind not in other
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
            return isinstance(value, _TYPES[part.kind])
        case "None":
            return value is None
    return True


def _lengths(declared: Mapping[str, Part], arguments: Mapping[str, Any]) -> dict[str, int]:
    """What each letter stands for in a call, where all arguments agree about it."""
    found = {name: {each} for name, each in arguments.items() if type(each) is int}
    for name, part in declared.items():
        shape, axes = getattr(arguments.get(name), "shape", None), part.axes
        open_end = axes[:1] == ["..."]
        if shape is None or (len(shape) != len(axes) and not open_end):
            continue
        for letter, length in zip(axes[::-1], shape[::-1], strict=False):
            found.setdefault(letter, set()).add(length)
    return {letter: lengths.pop() for letter, lengths in found.items() if len(lengths) == 1}


def _other_shape(
    part: Part, shape: tuple[int, ...], lengths: Mapping[str, int], arguments: Mapping[str, Any]
) -> str:
    """The right shape where `shape` is another one, with the letters that stay open; else ""."""
    if part.like:
        right = getattr(arguments.get(part.like), "shape", shape)
        return "" if right == shape else str(right)
    axes, front = part.axes, 0
    if axes[:1] == ["..."]:
        axes, front = axes[1:], len(shape) - len(axes) + 1
    elif "..." in axes:
        return ""
    known = [int(each) if each.isdigit() else lengths.get(each) for each in axes]
    pairs = zip(known, shape[max(front, 0) :], strict=False)
    if len(axes) + front == len(shape) and all(a in (None, b) for a, b in pairs):
        return ""
    ends = ["..."] * (len(part.axes) - len(axes))
    ends += [
        name if length is None else str(length) for name, length in zip(axes, known, strict=True)
    ]
    return f"({', '.join(ends)}{',' if len(ends) == 1 else ''})"


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
    parts, name = forms[found.function].parts, found.function
    if found.part is None and len(parts) > 1:
        names = ", ".join(part.name for part in parts)
        return f"`{name}` should return {len(parts)} values ({names}); yours returned {found.got}."
    part = parts[found.part or 0]
    what = (
        _wanted(part, found.shape)
        if found.part is None
        else f"`{part.name}` as {_wanted(part, found.shape)}"
    )
    yours = "has shape" if found.shape else "returned" if found.part is None else "is"
    return f"`{name}` should return {what}; yours {yours} {found.got}."


def _wanted(part: Part, shape: str) -> str:
    """A value in words. shape: the right one in this call, where it is known."""
    inside = _IN_WORDS.get(part.dtype, "")
    if part.kind != "array":
        return _ARTICLE.get(part.kind, f"a {part.kind}{inside}")
    written = f"shaped like `{part.like}`" if part.like else f"of shape {part.shape}"
    known = f" = {shape}" if shape not in ("", part.shape) else ""
    return f"an array {written}{known}{inside}"
