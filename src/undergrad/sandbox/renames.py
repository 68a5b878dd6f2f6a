"""Names of an exercise that changed: older files still work, and `check` says so.

A unit's front matter maps each old name to today's: `ce_grad: ce_gradient`, and for an
attribute or method `Value.memory: state`. `in_use` finds the old ones in a learner's file
without running it; `apply` gives the imported module the new ones as well.
"""

import ast
from collections.abc import Sequence
from operator import attrgetter
from types import ModuleType

Renamed = Sequence[tuple[str, str]]


def in_use(tree: ast.Module, renamed: Renamed) -> tuple[tuple[str, str], ...]:
    """The pairs (old, new) whose old name the file defines, and whose new name it does not."""
    names = _defined(tree)
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    attributes |= {name for node in tree.body for name in _members(node)}
    found = []
    for old, new in renamed:
        owner, _, attribute = old.rpartition(".")
        known = attributes if owner else names
        if attribute in known and new not in known:
            found.append((old, new))
    return tuple(found)


def apply(module: ModuleType, pairs: Renamed) -> None:
    """Give what `in_use` found its new name too, beside the old one."""
    for old, new in pairs:
        if "." not in old and old in vars(module):
            setattr(module, new, vars(module)[old])
    for old, new in pairs:
        owner, _, attribute = old.rpartition(".")
        kind = vars(module).get(owner)
        if isinstance(kind, type):
            setattr(kind, new, _forwarding(attribute))


def notes(pairs: Renamed) -> tuple[str, ...]:
    """What a learner reads about each."""
    return tuple(f"`{old}` is now called `{new}`; rename it in your file." for old, new in pairs)


def _forwarding(attribute: str) -> property:
    """Reads and writes another attribute of the same object."""
    return property(attrgetter(attribute), lambda self, value: setattr(self, attribute, value))


def _defined(tree: ast.Module) -> set[str]:
    """What the module defines at its top level."""
    return {name for node in tree.body for name in _names(node)}


def _members(node: ast.stmt) -> set[str]:
    """What a class defines in its body."""
    if not isinstance(node, ast.ClassDef):
        return set()
    return {name for inner in node.body for name in _names(inner)}


def _names(node: ast.stmt) -> set[str]:
    """What one statement defines."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {each.id for each in targets if isinstance(each, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()
