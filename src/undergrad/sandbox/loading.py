"""Loading a Python file as a fresh module, from its text, without touching `sys.path`."""

import sys
from itertools import count
from types import ModuleType

_fresh = count(1)


def load(source: bytes | str, filename: str, name: str = "") -> ModuleType:
    """Run `source` as a new module. Whatever it raises comes through.

    The module is listed in `sys.modules` only while it runs, under a name nobody imports, because
    dataclasses look their module up there; with `name` it stays there under that name.
    """
    listed = name or f"_undergrad_{next(_fresh)}"
    module = ModuleType(listed)
    module.__file__ = filename
    sys.modules[listed] = module
    try:
        exec(compile(source, filename, "exec", dont_inherit=True), vars(module))
    finally:
        if not name:
            del sys.modules[listed]
    return module
