"""Which modules the names of a program stand for, as far as its source shows.

Followed are imports of every form, star imports, `import_module`, `__import__`, `sys.modules`,
`globals`, `getattr`, `attrgetter`, and names that are given a module or one of these functions: by
assignment, in a tuple, as a default, in a class, in a loop, in code that a string holds. Arguments
and results of the program's own functions are not. Scopes are not distinguished: a name that means
a module anywhere is taken to mean it everywhere.
"""

import ast
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import TypeAlias

from undergrad.sandbox.bindings import bindings, bound

Names: TypeAlias = frozenset[str]

_NONE: Names = frozenset()
_MOST = 16  # meanings of one name that are followed; `x = x.next` would go on without end
_DEEPEST = 3  # strings of code inside strings of code
_NAMESPACES = {"builtins.globals", "builtins.locals", "builtins.vars"}
_IMPORTERS = {
    "builtins.__import__", "importlib.import_module", "importlib.__import__",
    "pkgutil.resolve_name", "runpy.run_module",
}  # fmt: skip
_RUNNERS = {"builtins.exec", "builtins.eval", "builtins.compile"}
_GETATTR = {"builtins.getattr", "builtins.object.__getattribute__"}
_GETTER = "operator.attrgetter"
_BUILTINS = {
    *_NAMESPACES, *_RUNNERS, "builtins.__import__", "builtins.getattr", "builtins.object",
}  # fmt: skip


def running(tree: ast.AST, is_main: bool) -> Iterator[ast.AST]:
    """`tree` and all nodes below it, without the blocks that do not run."""
    waiting = deque([tree])
    while waiting:
        node = waiting.popleft()
        yield node
        if isinstance(node, ast.If) and (holds := _known(node.test, is_main)) is not None:
            waiting.extend(node.body if holds else node.orelse)
        else:
            waiting.extend(ast.iter_child_nodes(node))


def _known(test: ast.expr, is_main: bool) -> bool | None:
    """The value of a test when the code runs; None when only the run can show it."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            known = _known(operand, is_main)
            return None if known is None else not known
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as sign], comparators=[right]):
            if {ast.unparse(left), ast.unparse(right)} == {"__name__", "'__main__'"}:
                return is_main == isinstance(sign, ast.Eq)
    return None


class Meanings:
    """What each name may stand for: dotted names of modules and of what is in them, or strings."""

    def __init__(self) -> None:
        self._modules: dict[str, Names] = {}  # by name; `.name` is an attribute of any object
        self._strings: dict[str, Names] = {}
        self._stars: list[str] = []  # modules of which everything was imported
        self._own: set[str] = set()  # names that the program binds itself
        self._depth = 0  # of code in strings

    def learn(self, nodes: list[ast.AST]) -> None:
        """Learn what the names that are bound in these nodes stand for."""
        self._own |= {name for node in nodes for name in bound(node)}
        size = -1
        while size != self._size():  # an alias may stand before what it is an alias of
            size = self._size()
            for node in nodes:
                self._learn_from(node)

    def of(self, node: ast.expr) -> Names:
        """The dotted names that an expression may stand for; a container, those in it."""
        match node:
            case ast.Name(id=name):
                return self._of_name(name)
            case ast.Attribute(value=value, attr=attribute):
                inside = frozenset(f"{name}.{attribute}" for name in self.of(value))
                # Else an attribute of an object of the program, such as `self.lib`.
                return inside or self._modules.get(f".{attribute}", _NONE)
            case ast.NamedExpr(value=value) | ast.Starred(value=value):
                return self.of(value)
            case ast.IfExp(body=body, orelse=other):
                return self.of(body) | self.of(other)
            case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
                return self._of_any(parts)
            case ast.Set(elts=parts) | ast.Dict(values=parts):
                return self._of_any(parts)
            case ast.Subscript(value=value, slice=key):
                return self._of_entry(value, key)
            case ast.Call():
                return self._of_call(node)
        return _NONE

    def is_import(self, call: ast.Call) -> bool:
        """Whether a call imports the module that it is given by name."""
        return bool(self.of(call.func) & _IMPORTERS)

    def code_in(self, call: ast.Call) -> Names:
        """The strings of code that a call of `exec`, `eval` or `compile` runs."""
        source = _argument(call, "source")
        runs = source is not None and bool(self.of(call.func) & _RUNNERS)
        return self._texts(source) if source is not None and runs else _NONE

    # Learning

    def _size(self) -> int:
        return sum(map(len, (*self._modules.values(), *self._strings.values(), self._stars)))

    def _learn_from(self, node: ast.AST) -> None:
        match node:
            case ast.Import(names=names):
                for each in names:
                    top = each.name.partition(".")[0]
                    self._mean(each.asname or top, {each.name if each.asname else top})
            case ast.ImportFrom(module=str(module), names=names, level=0):
                for each in names:
                    if each.name != "*":
                        self._mean(each.asname or each.name, {f"{module}.{each.name}"})
                    elif module not in self._stars:
                        self._stars.append(module)
            case ast.Call():
                for text in self.code_in(node):
                    self._learn_string(text)
            case _:
                for target, value in bindings(node):
                    self._bind(target, value)

    def _learn_string(self, code: str) -> None:
        if self._depth < _DEEPEST:
            self._depth += 1
            with suppress(SyntaxError, ValueError):
                for node in running(ast.parse(code), is_main=True):
                    self._learn_from(node)
            self._depth -= 1

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        """`target` now holds `value`; a tuple is taken apart where both sides are one."""
        match target, value:
            case ast.Tuple() | ast.List(), ast.Tuple() | ast.List() if _pairs(target, value):
                for one, other in zip(target.elts, value.elts, strict=True):
                    self._bind(one, other)
            case ((ast.Tuple() | ast.List()), _):
                for each in target.elts:
                    self._bind(each, value)
            case ast.Starred(value=inner), _:
                self._bind(inner, value)
            case ast.Name(id=name), _:
                self._mean(name, self.of(value))
                _add(self._strings, name, self._texts(value))
            case ast.Attribute(attr=name), _:
                self._mean(f".{name}", self.of(value))

    def _mean(self, name: str, modules: Iterable[str]) -> None:
        _add(self._modules, name, frozenset(modules))

    # What expressions stand for

    def _of_any(self, nodes: Iterable[ast.expr]) -> Names:
        return frozenset(chain.from_iterable(map(self.of, nodes)))

    def _of_name(self, name: str) -> Names:
        if name in self._modules:
            return self._modules[name]
        if name == "__builtins__":
            return frozenset({"builtins"})
        if name in self._own:
            return _NONE
        # After `from math import *` a name that the program does not bind may be one of math's.
        named = {f"{star}.{name}" for star in self._stars}
        return frozenset(named | {f"builtins.{name}"} & _BUILTINS)

    def _of_entry(self, value: ast.expr, key: ast.expr) -> Names:
        """`globals()["np"]`, `vars(np)["linalg"]`, `sys.modules["torch"]`, `libraries[0]`."""
        keys, owners = self._texts(key), self.of(value)
        if isinstance(value, ast.Call) and self.of(value.func) & _NAMESPACES:
            if not value.args:
                return frozenset(chain.from_iterable(map(self._of_name, keys)))
            return _joined(self._of_any(value.args), keys)
        if "sys.modules" in owners:
            return keys
        names = {owner.removesuffix(".__dict__") for owner in owners if _is_namespace(owner)}
        return _joined(names, keys) | {owner for owner in owners if not _is_namespace(owner)}

    def _of_call(self, call: ast.Call) -> Names:
        functions = self.of(call.func)
        if functions & _IMPORTERS:
            return self._imported(call)
        match call:
            case ast.Call(args=[owner, name, *_]) if functions & _GETATTR:
                return _joined(self.of(owner), self._texts(name))
            case ast.Call(func=ast.Attribute(owner, "__getattribute__"), args=[name]):
                return _joined(self.of(owner), self._texts(name))
            case ast.Call(func=ast.Attribute(owner, "get" | "__getitem__"), args=[key, *_]):
                return self._of_entry(owner, key)
            case ast.Call(args=[name]) if _GETTER in functions:
                return _joined({_GETTER}, self._texts(name))
        got = {each.removeprefix(f"{_GETTER}.") for each in functions if each.startswith(_GETTER)}
        reloaded = self._of_any(call.args) if "importlib.reload" in functions else _NONE
        return _joined(self._of_any(call.args), got) | reloaded

    def _imported(self, call: ast.Call) -> Names:
        """The module that a call imports by name, and its top: `__import__("a.b")` is `a`."""
        name, package = _argument(call, "name"), _argument(call, "package", 1)
        names = self._texts(name) if name is not None else _NONE
        owners = self._texts(package) if package is not None else _NONE
        below = {f"{owner}{each}" for each in names if each.startswith(".") for owner in owners}
        absolute = {each.replace(":", ".") for each in names if not each.startswith(".")}
        return frozenset({*below, *absolute, *(each.partition(".")[0] for each in absolute)})

    def _texts(self, node: ast.expr) -> Names:
        """The strings that an expression may be; a container, those in it."""
        match node:
            case ast.Constant(value=str(text)):
                return frozenset({text})
            case ast.Name(id=name):
                return self._strings.get(name, _NONE)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _concatenated(map(self._texts, (left, right)))
            case ast.JoinedStr(values=parts):
                return _concatenated(map(self._texts, parts))
            case ast.FormattedValue(value=value):
                return self._texts(value)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return frozenset(chain.from_iterable(map(self._texts, parts)))
        return _NONE


def _pairs(target: ast.Tuple | ast.List, value: ast.Tuple | ast.List) -> bool:
    """Whether both have the same length, and no star."""
    starred = any(isinstance(each, ast.Starred) for each in (*target.elts, *value.elts))
    return len(target.elts) == len(value.elts) and not starred


def _argument(call: ast.Call, name: str, place: int = 0) -> ast.expr | None:
    """The argument in that place of a call, or the one of that name."""
    named = [word.value for word in call.keywords if word.arg == name]
    return next(iter([*call.args[place : place + 1], *named]), None)


def _is_namespace(name: str) -> bool:
    """Whether `name[key]` is an attribute of a module, rather than an entry of a container."""
    return name == "builtins" or name.endswith(".__dict__")


def _joined(owners: Iterable[str], attributes: Iterable[str]) -> Names:
    return frozenset(f"{owner}.{attribute}" for owner in owners for attribute in attributes)


def _concatenated(parts: Iterable[Names]) -> Names:
    """Every text that the parts make together."""
    texts = frozenset({""})
    for part in parts:
        texts = frozenset(text + more for text in texts for more in part)
    return texts


def _add(table: dict[str, Names], name: str, more: Names) -> None:
    known = table.get(name, _NONE)
    if more - known and len(known) < _MOST:
        table[name] = known | more
