"""What the shell lines and magics of a notebook use: `!pip install x`, `!python -c`, `%%bash`."""

import ast
import re
import shlex
from collections.abc import Iterator

from undergrad.sandbox.names_used import Reader, Use

_SHELL = {"system", "getoutput", "run_cell_magic", "run_line_magic"}
_INSTALLERS = {"pip", "pip3", "uv", "conda", "mamba"}


def in_shell(code: str, reader: Reader) -> Iterator[Use]:
    """What `!pip install x` and magics use, as IPython's own transformer writes them."""
    for call in ast.walk(ast.parse(code)):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        magic = call.func.attr
        if magic not in _SHELL:
            continue
        texts = [str(arg.value) for arg in call.args if isinstance(arg, ast.Constant)]
        lines = [" ".join(texts)]
        yield from _inline(lines[0], call.lineno, reader)
        if magic == "run_cell_magic" and len(texts) == 3:
            yield from reader.read_string(texts[2], call.lineno)  # %%time and the like hold Python
            lines = texts[2].splitlines()
            for line in lines:
                yield from _inline(line, call.lineno, reader)
        yield from (Use(name, call.lineno, "install") for line in lines for name in installed(line))


def _inline(line: str, number: int, reader: Reader) -> Iterator[Use]:
    """What `python -c CODE` uses in a shell line."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return
    for program, flag, code in zip(words, words[1:], words[2:], strict=False):
        if re.fullmatch(r"(.*/)?python[\d.]*", program) and flag == "-c":
            yield from reader.read_string(code, number)


def installed(line: str) -> list[str]:
    """The modules that a shell line installs: `pip install tf-keras==2` gives `tf_keras`."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        words = line.replace("'", "").replace('"', "").split()  # an unclosed quote
    if "install" not in words and "add" not in words:
        return []
    verb = words.index("install" if "install" in words else "add")
    if not _INSTALLERS & set(words[:verb]):
        return []
    names = (re.match(r"[A-Za-z0-9_.-]+", word) for word in words[verb + 1 :] if word[0] != "-")
    return [name.group().replace("-", "_").lower() for name in names if name]
