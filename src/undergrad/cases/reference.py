"""The operation reference, written from the case table.

For every operation: how it is called, its formula and gradient in the words of its docstring, the
shapes that its records try, its name in PyTorch, its readable twin, and an example with what the
example prints. `python -m undergrad.cases.reference` writes `docs/engine/operations.md`; a
test makes the page again and compares.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from undergrad.cases import OPERATIONS
from undergrad.cases.examples import EXAMPLES, START
from undergrad.cases.record import Operation, converted
from undergrad.engine.tensor import Tensor

_SHAPES = 3  # of the records, how many to show
_TITLES = {
    "elementwise": "Elementwise",
    "reduce": "Reductions",
    "shape": "Shape",
    "linalg": "Linear algebra",
    "softmax": "Softmax",
    "conv": "Convolution",
    "pool": "Pooling",
    "norm": "Normalisation over the last axes",
    "batch_norm": "Normalisation over the batch",
    "group_norm": "Normalisation over groups of channels",
    "embedding": "Embedding",
    "dropout": "Dropout",
    "recurrent": "Recurrent",
    "lstm": "Long short-term memory",
    "attention": "Attention",
    "llama": "Parts of LLaMA",
    "loss": "Losses for numbers",
    "cross_entropy": "Losses for classes",
    "binary_cross_entropy": "Losses for two classes",
    "margin": "Losses with a margin",
}
_OPENING = """\
# Operations

This page lists every operation of the engine: what it computes, which gradient it passes back, \
and what it is called in PyTorch. It is written from the same table that the tests loop over, and \
the examples are run when it is written.

In a formula, g is the upstream gradient, that is, the gradient of the loss with respect to the \
result, which is multiplied by the derivatives. An operand is a tensor or a number. Each operation \
is a function in its file, such as `ops.elementwise.relu`; many are also methods of a tensor or \
names in `nn.functional`. A readable twin is the same operation, made of simpler ones; it stands \
above the fast form in the file, and `with readable():` uses it. The examples share these:

```python
{start}
```
"""


def page() -> str:
    """The whole page, in Markdown."""
    groups = itertools.groupby(sorted(OPERATIONS, key=_place), key=_file)
    parts = [_OPENING.format(start=START)]
    for file, cases in groups:
        parts += [f"## {_TITLES[file]}\n", *map(entry, cases)]
    return "\n".join(parts)


def entry(case: Operation) -> str:
    """One operation."""
    lines = [
        f"### {case.name}\n",
        f"```python\n{signature(case)}\n```\n",
        *described(inspect.getdoc(case.ours) or ""),
        f"- In PyTorch: `{case.theirs}`",
        *([f"- Readable twin: `ops.{_file(case)}.{case.twin.__name__}`"] if case.twin else []),
        f"- Shapes: {'; '.join(shapes(case))}\n",
        *([f"```python\n{body(case.twin)}\n```\n"] if case.twin else []),
        f"```python\nprint({EXAMPLES[case.name]})\n```\n",
        f"```\n{printed(case)}\n```\n",
    ]
    return "\n".join(lines)


def body(function: Callable[..., Any]) -> str:
    """What a function does, without its signature and docstring."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    definition = ast.parse("\n".join(lines)).body[0]
    assert isinstance(definition, ast.FunctionDef)
    first = definition.body[1].lineno  # after the docstring
    return textwrap.dedent("\n".join(lines[first - 1 :]))


def signature(case: Operation) -> str:
    """`relu(x: Tensor) -> Tensor`, on several lines where one would be too long."""
    found = inspect.signature(case.ours)
    parameters = [_parameter(p) for p in found.parameters.values()]
    result = str(found.return_annotation)
    one = f"{case.name}({', '.join(parameters)}) -> {result}"
    if len(one) <= 80:
        return one
    return "\n".join([f"{case.name}(", *(f"    {p}," for p in parameters), f") -> {result}"])


def _parameter(p: inspect.Parameter) -> str:
    stars = "*" if p.kind is p.VAR_POSITIONAL else ""
    default = "" if p.default is p.empty else f" = {p.default!r}"
    return f"{stars}{p.name}: {p.annotation}{default}"


def described(text: str) -> list[str]:
    """The docstring as Markdown: formulas keep their signs, arguments become a list."""
    words, _, arguments = text.partition("Arguments:\n")
    lines = [_escaped(words.strip()) + "\n"]
    for line in inspect.cleandoc(arguments).splitlines():
        continued = line.startswith(" ")
        name, _, meaning = ("", "", line) if continued else line.partition(": ")
        lines.append(
            f"  {_escaped(line.strip())}" if continued else f"- `{name}`: {_escaped(meaning)}"
        )
    return [*lines, ""] if arguments else lines


def _escaped(text: str) -> str:
    """Signs that Markdown would take for its own; code between backticks stays."""
    pieces = text.split("`")
    for i in range(0, len(pieces), 2):
        for sign in "\\*_<[":
            pieces[i] = pieces[i].replace(sign, "\\" + sign)
    return "`".join(pieces)


def shapes(case: Operation) -> list[str]:
    """What goes in and what comes out, for a few records of different shapes."""
    found = dict.fromkeys(_shape_of(case, sample) for sample in case.samples(0))
    return list(found)[:_SHAPES]


def _shape_of(case: Operation, sample: Any) -> str:
    given: list[str] = []

    def tensor(array: Any) -> Any:
        given.append(str(array.shape))
        return Tensor(array.astype(np.float32)) if array.dtype.kind == "f" else array

    with np.errstate(all="ignore"):
        out = case.ours(*converted(sample.args, tensor, {}), **sample.kwargs)
    results = out if isinstance(out, tuple) else (out,)
    return f"{' with '.join(given)} gives {' and '.join(str(r.shape) for r in results)}"


def printed(case: Operation) -> str:
    """What the example prints."""
    names: dict[str, Any] = {}
    exec(START, names)
    names[case.name] = case.ours
    return str(eval(EXAMPLES[case.name], names))


def _file(case: Operation) -> str:
    return case.ours.__module__.rpartition(".")[2]


def _place(case: Operation) -> tuple[int, int]:
    """In the order of the files above, and of the lines in them."""
    return list(_TITLES).index(_file(case)), case.ours.__code__.co_firstlineno


def main(path: Path) -> None:
    path.write_text(page(), encoding="utf-8")
    print(f"written: {path} ({len(OPERATIONS)} operations)")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/engine/operations.md"))
