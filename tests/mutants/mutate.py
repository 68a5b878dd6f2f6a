"""Mutants of a Python file: the file with one small change, as a learner might mistype it.

`mutants(source)` yields them in the order of the file. A table of changes for each kind of syntax:
comparisons and their bounds, operators and their terms, signs, numbers, names of functions that are
easily mistaken, keywords of a call, bounds of slices and ranges, transposes, sources of random
numbers, statements left out, loops that end after one round.

Libraries for this (mutmut, cosmic-ray) change files on disk and start a test run for each mutant;
here a mutant is a text that its caller compiles and judges in its own way.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

OPERATORS = {
    ast.Add: ("-",), ast.Sub: ("+",), ast.Mult: ("/",), ast.Div: ("*", "//"),
    ast.FloorDiv: ("/",), ast.Mod: ("//",), ast.Pow: ("*",),
}  # fmt: skip
COMPARISONS = {
    ast.Lt: ("<=", ">"), ast.LtE: ("<", ">="), ast.Gt: (">=", "<"), ast.GtE: (">", "<="),
    ast.Eq: ("!=",), ast.NotEq: ("==",), ast.Is: ("is not",), ast.IsNot: ("is",),
    ast.In: ("not in",), ast.NotIn: ("in",),
}  # fmt: skip
NAMES = {
    "max": ("min", "mean"), "min": ("max",), "mean": ("sum", "max"), "sum": ("mean", "max"),
    "amax": ("amin",), "amin": ("amax",), "maximum": ("minimum",), "minimum": ("maximum",),
    "argmax": ("argmin",), "argmin": ("argmax",), "any": ("all",), "all": ("any",),
    "ones": ("zeros",), "zeros": ("ones",), "ones_like": ("zeros_like",), "argsort": ("sort",),
    "zeros_like": ("ones_like",), "sin": ("cos",), "cos": ("sin",), "round": ("int",),
    "std": ("var",), "var": ("std",), "log": ("log2",), "ceil": ("floor",), "floor": ("ceil",),
    "cumsum": ("cumprod",), "cumprod": ("cumsum",), "triu": ("tril",), "tril": ("triu",),
}  # fmt: skip
# Calls of one argument that are easily forgotten.
WRAPPERS = {"abs", "sqrt", "log", "exp", "copy", "round", "sorted", "unique", "reversed"}
HARMLESS = {"strict", "optimize"}  # keywords that change no number
TINY = 1e-4  # of numbers below, what counts is that they are there
SAID = (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom, ast.arg)  # messages, annotations


@dataclass(frozen=True)
class Mutant:
    """A file with one change."""

    function: str  # the definition it is made in, as in `Class.method`
    line: int
    before: str  # the lines that change, as one
    after: str
    text: str  # the whole file

    def __str__(self) -> str:
        return f"{self.function}: {self.before}  ->  {self.after}"


def mutants(source: str) -> Iterator[Mutant]:
    """All mutants of a file, in its order."""
    for function, node in _nodes(ast.parse(source), ""):
        for spot, new in _changes(node, source):
            if new not in (ast.unparse(spot), f"({ast.unparse(spot)})"):
                yield _spliced(source, function, spot, new)


def _nodes(tree: ast.AST, function: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node that calculates, with the definition around it."""
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or getattr(child, "arg", "") in HARMLESS:
                continue
            inside = function
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inside = f"{function}.{child.name}".lstrip(".")
            yield inside, child
            if not isinstance(child, SAID) and "errstate" not in ast.unparse(child)[:20]:
                yield from _nodes(child, inside)


def _spliced(source: str, function: str, node: ast.AST, new: str) -> Mutant:
    """The source with `new` in the place of the node."""
    lines = source.splitlines(keepends=True)
    first, last = node.lineno - 1, node.end_lineno - 1
    # The columns of a node count bytes.
    before = lines[first].encode()[: node.col_offset].decode()
    after = lines[last].encode()[node.end_col_offset :].decode()
    changed = f"{before}{new}{after}"
    text = "".join([*lines[:first], changed, *lines[last + 1 :]])
    return Mutant(
        function, node.lineno, _shown("".join(lines[first : last + 1])), _shown(changed), text
    )


def _shown(lines: str) -> str:
    """Lines of code as one, without their comments."""
    return " ".join(re.sub(r"  # .*", "", lines).split())


def _changes(node: ast.AST, source: str) -> Iterator[tuple[ast.AST, str]]:
    """(node, text that may stand in its place), of a node or of one of its parts."""
    match node:
        case ast.If(test) | ast.IfExp(test):
            yield from ((test, word) for word in ("True", "False"))
        case ast.For() | ast.While():
            last = node.body[-1]
            indent = " " * last.col_offset
            yield last, f"{ast.get_source_segment(source, last)}\n{indent}break"
        case ast.comprehension(ifs=[_, *_]):
            yield from ((test, "True") for test in node.ifs)
        case ast.expr():
            yield from ((node, text) for text in _expressions(node))
        case ast.stmt():
            yield from ((node, text) for text in _statements(node))


def _expressions(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.BinOp(left, op, right):
            a, b = _grouped(left), _grouped(right)
            if isinstance(op, ast.MatMult):
                yield f"({b} @ {a})"
            yield from (f"({a} {other} {b})" for other in OPERATORS.get(type(op), ()))
            if isinstance(op, ast.Add | ast.Sub | ast.Mult | ast.Div):
                yield a
            if isinstance(op, ast.Add | ast.Mult):
                yield b
        case ast.UnaryOp(ast.USub() | ast.Not(), operand):
            yield _grouped(operand)
        case ast.Compare(left, [op, *ops], [right, *rights]):
            chained = f" and {ast.unparse(ast.Compare(right, ops, rights))}" if ops else ""
            for other in COMPARISONS[type(op)]:
                yield f"({_grouped(left)} {other} {_grouped(right)}{chained})"
        case ast.BoolOp(op, values):
            word = " and " if isinstance(op, ast.Or) else " or "
            yield f"({word.join(map(_grouped, values))})"
            yield from map(_grouped, values)
        case ast.Constant(bool(value)):
            yield str(not value)
        case ast.Constant(int(value)):
            yield from map(str, dict.fromkeys((value + 1, value - 1, value * 2)))
        case ast.Constant(float(value)) if abs(value) < TINY:
            yield from ("0.0", "1.0")
        case ast.Constant(float(value)):
            yield from map(str, dict.fromkeys((value + 1, value * 2)))
        case ast.Attribute(value, "T"):
            yield _grouped(value)
        case ast.Attribute(value, name, ast.Load()) if name in NAMES:
            yield from (f"{_grouped(value)}.{other}" for other in NAMES[name])
        case ast.Name("rng", ast.Load()):
            yield from ("np.random.default_rng()", "np.random.default_rng(0)")
        case ast.Name(name, ast.Load()) if name in NAMES:
            yield from NAMES[name]
        case ast.Tuple([a, b], ast.Load()) if not _has_slice(a, b):
            if ast.unparse(a) != ast.unparse(b):
                yield f"({ast.unparse(b)}, {ast.unparse(a)})"
        case ast.Call():
            yield from _calls(node)
        case ast.Slice(lower, upper, step):
            yield from _bounds(lower, upper, step)


def _calls(node: ast.Call) -> Iterator[str]:
    """A call without its wrapper, without one of its keywords, or one further or less far."""
    function = ast.unparse(node.func)
    name = function.rpartition(".")[2]
    if name in WRAPPERS and len(node.args) == 1 and not node.keywords:
        yield _grouped(node.args[0])
    elif name in WRAPPERS and isinstance(node.func, ast.Attribute) and not node.args:
        yield _grouped(node.func.value)
    for left_out in (each for each in node.keywords if each.arg not in HARMLESS):
        kept = [each for each in node.keywords if each is not left_out]
        yield ast.unparse(ast.Call(node.func, node.args, kept))
    if name in ("range", "arange") and not any(isinstance(e, ast.Constant) for e in node.args[-1:]):
        end = ast.unparse(node.args[-1])
        first = [ast.unparse(each) for each in node.args[:-1]]
        yield from (f"{function}({', '.join([*first, f'{end} {by}'])})" for by in ("+ 1", "- 1"))


def _bounds(lower: ast.expr | None, upper: ast.expr | None, step: ast.expr | None) -> Iterator[str]:
    """A slice that begins or ends one later; constants move by themselves."""
    a, b, c = (ast.unparse(each) if each else "" for each in (lower, upper, step))
    step_text = f":{c}" if c else ""
    if lower and not isinstance(lower, ast.Constant | ast.UnaryOp):
        yield f"{a} + 1:{b}{step_text}"
    if upper and not isinstance(upper, ast.Constant | ast.UnaryOp):
        yield f"{a}:{b} + 1{step_text}"


def _statements(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.AugAssign(target, op, value):
            yield from ("pass", f"{ast.unparse(target)} = {ast.unparse(value)}")
            for other in OPERATORS.get(type(op), ())[:1]:
                yield f"{ast.unparse(target)} {other}= {ast.unparse(value)}"
        case ast.Expr(ast.Constant(str())):
            pass  # a docstring
        case ast.Assign(value=ast.Call(func=ast.Attribute(attr="asarray"))):
            pass  # arrays are what the docstrings promise
        case ast.Expr() | ast.Assign() | ast.Raise() | ast.Continue() | ast.Break():
            yield "pass"


def _has_slice(*nodes: ast.expr) -> bool:
    return any(isinstance(node, ast.Slice | ast.Starred) for node in nodes)


def _grouped(node: ast.AST) -> str:
    """The text of an expression, which holds together wherever it is put."""
    text = ast.unparse(node)
    simple = isinstance(
        node, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript | ast.List
    )
    return text if simple or (text.startswith("(") and isinstance(node, ast.Tuple)) else f"({text})"
