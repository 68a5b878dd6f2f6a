"""Which modules the names of a program stand for, as far as its source shows.

Followed are imports of every form, star imports, `import_module`, `__import__`, `sys.modules`,
`globals`, `getattr`, and names that are given a module: by assignment, in a tuple, as a default,
in a class, in a loop, in code that a string holds. Scopes are not distinguished: a name that means
a module anywhere is taken to mean it everywhere.
"""

import ast
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import TypeAlias

Names: TypeAlias = frozenset[str]

_NONE: Names = frozenset()
_MOST = 16  # meanings of one name that are followed; `x = x.next` would go on without end
_DEEPEST = 3  # strings of code inside strings of code
_NAMESPACES = {"globals", "locals", "vars"}
_IMPORTERS = {
    "__import__", "builtins.__import__", "importlib.import_module", "importlib.__import__",
}  # fmt: skip
_RUNNERS = {
    "exec", "eval", "compile", "builtins.exec", "builtins.eval", "builtins.compile",
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
        self._own |= {name for node in nodes for name in _bound(node)}
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
        return bool(self._functions(call.func) & _IMPORTERS)

    def code_in(self, call: ast.Call) -> Names:
        """The strings of code that a call of `exec`, `eval` or `compile` runs."""
        source = _argument(call, "source")
        runs = source is not None and bool(self._functions(call.func) & _RUNNERS)
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
                for target, value in _bindings(node):
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
        # After `from math import *` a name that the program does not bind may be one of math's.
        return frozenset(f"{star}.{name}" for star in self._stars if name not in self._own)

    def _of_entry(self, value: ast.expr, key: ast.expr) -> Names:
        """`globals()["np"]`, `vars(np)["linalg"]`, `sys.modules["torch"]`, `libraries[0]`."""
        keys, owners = self._texts(key), self.of(value)
        if isinstance(value, ast.Call) and self._functions(value.func) & _NAMESPACES:
            if not value.args:
                return frozenset(chain.from_iterable(map(self._of_name, keys)))
            return _joined(self._of_any(value.args), keys)
        if "sys.modules" in owners:
            return keys
        names = {owner.removesuffix(".__dict__") for owner in owners if _is_namespace(owner)}
        return _joined(names, keys) | {owner for owner in owners if not _is_namespace(owner)}

    def _of_call(self, call: ast.Call) -> Names:
        functions = self._functions(call.func)
        if functions & _IMPORTERS:
            name = _argument(call, "name")
            names = self._texts(name) if name is not None else _NONE
            return names | {each.partition(".")[0] for each in names}  # `__import__("a.b")` is a
        if "getattr" in functions and len(call.args) > 1:
            return _joined(self.of(call.args[0]), self._texts(call.args[1]))
        if "sys.modules.get" in functions and call.args:
            return self._texts(call.args[0])
        return self._of_any(call.args) if "importlib.reload" in functions else _NONE

    def _functions(self, node: ast.expr) -> Names:
        """What a called expression may be: an imported function, or one of Python's own."""
        plain = frozenset({node.id}) if isinstance(node, ast.Name) else _NONE
        return self.of(node) | plain

    def _texts(self, node: ast.expr) -> Names:
        """The strings that an expression may be; a container, those in it."""
        match node:
            case ast.Constant(value=str(text)):
                return frozenset({text})
            case ast.Name(id=name):
                return self._strings.get(name, _NONE)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return frozenset(a + b for a in self._texts(left) for b in self._texts(right))
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return frozenset(chain.from_iterable(map(self._texts, parts)))
        return _NONE


def _bindings(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """(target, value) for everything that a node binds."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((target, value) for target in targets)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield target, value
        case ast.NamedExpr(target=target, value=value):
            yield target, value
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            yield target, value
        case ast.comprehension(target=target, iter=value):
            yield target, value
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            yield from _defaults(node.args)
        case ast.ClassDef(body=body):  # `Tools.lib`, where the body of Tools binds `lib`
            for target, value in chain.from_iterable(map(_bindings, body)):
                if isinstance(target, ast.Name):
                    yield ast.Attribute(target, target.id), value


def _defaults(arguments: ast.arguments) -> Iterator[tuple[ast.expr, ast.expr]]:
    """(parameter, its default) for every parameter that has one."""
    positional = [*arguments.posonlyargs, *arguments.args]
    first = len(positional) - len(arguments.defaults)
    parameters = [*positional[first:], *arguments.kwonlyargs]
    for parameter, default in zip(
        parameters, [*arguments.defaults, *arguments.kw_defaults], strict=True
    ):
        if default is not None:
            yield ast.Name(parameter.arg), default


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a node binds, other than by importing."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name


def _pairs(target: ast.Tuple | ast.List, value: ast.Tuple | ast.List) -> bool:
    """Whether both have the same length, and no star."""
    starred = any(isinstance(each, ast.Starred) for each in (*target.elts, *value.elts))
    return len(target.elts) == len(value.elts) and not starred


def _argument(call: ast.Call, name: str) -> ast.expr | None:
    """The first argument of a call, or the one of that name."""
    named = [word.value for word in call.keywords if word.arg == name]
    return next(iter([*call.args, *named]), None)


def _is_namespace(name: str) -> bool:
    """Whether `name[key]` is an attribute of a module, rather than an entry of a container."""
    return name == "builtins" or name.endswith(".__dict__")


def _joined(owners: Iterable[str], attributes: Iterable[str]) -> Names:
    return frozenset(f"{owner}.{attribute}" for owner in owners for attribute in attributes)


def _add(table: dict[str, Names], name: str, more: Names) -> None:
    known = table.get(name, _NONE)
    if more - known and len(known) < _MOST:
        table[name] = known | more
