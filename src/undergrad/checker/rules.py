"""The from-scratch rule of a unit: names its exercise may not use, found without running it.

A rule is a dotted name and covers everything below it: `torch` covers `torch.nn.functional`. The
longest rule that covers a use decides, so `forbid: [numpy.linalg]` with
`allow: [numpy.linalg.norm]` leaves one door open. Imports, aliases, attribute chains,
`import_module("...")`, `getattr(module, "...")` and code in strings are followed.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from undergrad.checker.source import Source

_IMPORTERS = {"__import__", "importlib.import_module", "importlib.__import__"}
_RUNNERS = {"exec", "eval", "compile"}


@dataclass(frozen=True)
class Use:
    """A dotted name the code uses, in full, and the line."""

    name: str
    line: int


def forbidden(source: Source, allow: tuple[str, ...], forbid: tuple[str, ...]) -> str:
    """A sentence about the first forbidden use; "" when there is none."""
    for use in sorted(uses(source.tree), key=lambda use: use.line):
        rule = covering(use.name, forbid)
        if rule and len(covering(use.name, allow)) < len(rule):
            return (
                f"`{use.name}` (line {use.line}) is out of bounds in this unit, since `{rule}` "
                "would do the work that you are here to build by hand.\n"
                f"line {use.line}: {source.line(use.line)}"
            )
    return ""


def covering(name: str, rules: tuple[str, ...]) -> str:
    """The longest of `rules` that is `name` or lies above it; "" when there is none."""
    hits = (rule for rule in rules if name == rule or name.startswith(rule + "."))
    return max(hits, key=len, default="")


def uses(tree: ast.AST, first_line: int = 0) -> Iterator[Use]:
    """Every dotted name used in `tree`, imports resolved. Lines count from `first_line`."""
    names = _aliases(tree)
    # In `a.b.c` the whole chain is the use, not its beginning `a.b`.
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        line = first_line + getattr(node, "lineno", 0)
        if isinstance(node, ast.Import):
            yield from (Use(each.name, line) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (Use(_joined(node.module, each.name), line) for each in node.names)
        elif isinstance(node, ast.Attribute | ast.Name) and id(node) not in inner:
            full = _dotted(node, names)
            if full:
                yield Use(full, line)
        elif isinstance(node, ast.Call):
            yield from _called(node, names, line)


def _called(node: ast.Call, names: dict[str, str], line: int) -> Iterator[Use]:
    texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
    text = next((each for each in texts if isinstance(each, str)), "")
    function = _function(node, names)
    if not text:
        return
    if function in _IMPORTERS:
        yield Use(text, line)
    elif function == "getattr" and (owner := _dotted(node.args[0], names)):
        yield Use(f"{owner}.{text}", line)
    elif function in _RUNNERS:
        try:
            yield from uses(ast.parse(text), line - 1)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return


def _aliases(tree: ast.AST) -> dict[str, str]:
    """Which full dotted name each imported or reassigned name stands for."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                names[each.asname or top] = each.name if each.asname else top
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for each in node.names:
                names[each.asname or each.name] = _joined(node.module, each.name)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            full = _dotted(node.value, names) or _imported(node.value, names)
            if full:
                names[node.targets[0].id] = full
    return names


def _imported(node: ast.expr, names: dict[str, str]) -> str:
    """The module that `import_module("name")` or `__import__("name")` gives."""
    match node:
        case ast.Call(args=[ast.Constant(value=str(name)), *_]):
            return name if _function(node, names) in _IMPORTERS else ""
    return ""


def _function(node: ast.Call, names: dict[str, str]) -> str:
    plain = node.func.id if isinstance(node.func, ast.Name) else ""
    return _dotted(node.func, names) or plain


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    """`np.linalg.inv` as "numpy.linalg.inv"; "" when it does not begin with an imported name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name) and node.id in names:
        return ".".join([names[node.id], *reversed(parts)])
    return ""


def _joined(module: str | None, name: str) -> str:
    return f"{module}.{name}" if module and name != "*" else module or name
