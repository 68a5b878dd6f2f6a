"""Which names a node of a syntax tree binds, and to which expressions."""

import ast
from collections.abc import Iterator
from itertools import chain


def bindings(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
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
            for target, value in chain.from_iterable(map(bindings, body)):
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


def bound(node: ast.AST) -> Iterator[str]:
    """The names that a node binds, other than by importing."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
