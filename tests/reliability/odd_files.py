"""Whole files that are not an answer: not Python, not text, not a file, not started."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.reliability.corpus import Target

Text = Callable[[Target], bytes]
Lay = Callable[[Path], object]


def _renamed(target: Target) -> bytes:
    old, new = f"def {target.function}(", f"def my_{target.function}("
    return target.solution.replace(old, new).encode()


def _added(text: str) -> Text:
    return lambda target: f"{target.solution}\n{text.replace('NAME', target.function)}\n".encode()


# name: (the file's content, the verdicts that are right)
TEXTS: dict[str, tuple[Text, set[str]]] = {
    "the blank exercise": (lambda t: t.blank.encode(), {"fail"}),
    "empty": (lambda t: b"", {"error"}),
    "white space": (lambda t: b" \n\t\n", {"error"}),
    "a comment": (lambda t: b"# to do\n", {"error"}),
    "syntax error": (_added("def f(:"), {"error"}),
    "tabs and spaces": (_added("def f():\n\tif 1:\n        return\n"), {"error"}),
    "bracket left open": (_added("a = (1,"), {"error"}),
    "zero bytes": (lambda t: t.solution.encode() + b"\0\0", {"error"}),
    "Latin-1": (lambda t: t.solution.encode() + b"\nword = '\xe9'", {"error"}),
    "UTF-16": (lambda t: t.solution.encode("utf-16"), {"error"}),
    "not text": (lambda t: bytes(range(256)) * 99, {"error"}),
    "a thousand brackets": (_added("(" * 1000 + ")" * 1000), {"error"}),
    "fifty megabytes": (lambda t: b"#" * 50_000_000, {"error"}),
    "a notebook": (lambda t: b'{"cells": [], "nbformat": 4}', {"error"}),
    "function renamed": (_renamed, {"error"}),
    "function deleted": (_added("del NAME"), {"error"}),
    "no arguments": (_added("def NAME(): return 0"), {"error"}),
    "a class in its place": (_added("class NAME: pass"), {"error"}),
    "a number in its place": (_added("NAME = 0"), {"error"}),
    "error at import": (_added("1 / 0"), {"error"}),
    "a module that is not there": (_added("import no_such_module"), {"error"}),
    "out of bounds": (_added("import torch, sklearn"), {"forbidden"}),
    "out of bounds, in a string": (_added("exec('import tensorflow, torch')"), {"forbidden"}),
    "out of bounds, by name": (_added("tool = __import__('torch')"), {"forbidden"}),
    "the reference engine": (_added("from undergrad import engine"), {"forbidden"}),
}

# name: (what lies in the file's place, the verdicts that are right)
PLACES: dict[str, tuple[Lay, set[str]]] = {
    "nothing": (lambda path: None, {"not-run"}),
    "a folder": (lambda path: path.mkdir(), {"error"}),
    "a pipe": (lambda path: os.mkfifo(path), {"error"}),
    "a link to nothing": (lambda path: path.symlink_to("gone.py"), {"not-run"}),
    "a link to itself": (lambda path: path.symlink_to(path.name), {"not-run", "error"}),
    "a device": (lambda path: path.symlink_to("/dev/zero"), {"error"}),
}
