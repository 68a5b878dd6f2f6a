"""Which modules a piece of Python uses, read from its syntax tree without running it.

Found are plain imports, `importlib.import_module("...")`, `__import__("...")`, `exec("...")`,
attributes of imported modules (`tf.keras` after `import tensorflow as tf`) and what a notebook
line installs (`%pip install keras`, `!pip install keras`).
"""

import ast
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

_SHELL = {"system", "getoutput", "run_cell_magic", "run_line_magic"}
_INSTALLERS = {"pip", "pip3", "uv", "conda", "mamba"}


@dataclass(frozen=True)
class Use:
    """One use of a module. `module` is empty when the name is only known at run time.

    `spelled` is a chain such as `tf.keras` whose first name was never seen to be imported.
    """

    module: str
    line: int
    how: Literal["import", "attribute", "spelled", "install", "unreadable"]


@dataclass
class Reader:
    """Reads pieces of one program in order; names bound in one cell are known in the next."""

    aliases: dict[str, str] = field(default_factory=dict)  # local name -> dotted module

    def read(self, code: str) -> list[Use]:
        """Every use in `code`, in line order. Raises SyntaxError or ValueError if not Python."""
        nodes = list(ast.walk(ast.parse(code)))
        self._learn(nodes)
        inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
        uses = [
            use
            for node in nodes
            if id(node) not in inner or not isinstance(node, ast.Attribute)
            for use in self._uses(node)
        ]
        return sorted(uses, key=lambda use: use.line)

    def _learn(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            if isinstance(node, ast.Import):
                for name in node.names:
                    bound = name.asname or name.name.partition(".")[0]
                    self.aliases[bound] = name.name if name.asname else bound
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for name in node.names:
                    self.aliases[name.asname or name.name] = f"{node.module}.{name.name}"
        for node in nodes:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                known = self._dotted(node.value)
                if known and isinstance(node.value, ast.Name | ast.Attribute):
                    self.aliases.setdefault(node.targets[0].id, known)

    def _uses(self, node: ast.AST) -> Iterator[Use]:
        if isinstance(node, ast.Import):
            yield from (Use(name.name, node.lineno, "import") for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                tail = "" if name.name == "*" else f".{name.name}"
                yield Use(node.module + tail, node.lineno, "import")
        elif isinstance(node, ast.Attribute):
            known, spelled = self._dotted(node), _literal(node)
            if known or spelled:
                yield Use(known or spelled or "", node.lineno, "attribute" if known else "spelled")
        elif isinstance(node, ast.Call):
            yield from self._called(node)

    def _called(self, call: ast.Call) -> Iterator[Use]:
        function = self._dotted(call.func) or _literal(call.func)
        texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
        strings = [text for text in texts if isinstance(text, str)]
        if function in ("importlib.import_module", "__import__", "builtins.__import__"):
            known = bool(call.args) and isinstance(call.args[0], ast.Constant) and bool(strings)
            yield Use(strings[0] if known else "", call.lineno, "import" if known else "unreadable")
        elif function in ("exec", "eval") and strings:
            yield from self._inside(strings[0], call.lineno)
        elif function == "getattr" and len(call.args) > 1 and strings:
            base = self._dotted(call.args[0])
            if base:
                yield Use(f"{base}.{strings[0]}", call.lineno, "attribute")
        elif isinstance(call.func, ast.Attribute) and call.func.attr in _SHELL:
            yield from self._shell(call, strings)

    def _shell(self, call: ast.Call, strings: list[str]) -> Iterator[Use]:
        """`!pip install x` and magics, as IPython's own transformer writes them."""
        attribute = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if attribute == "run_cell_magic" and len(strings) == 3:
            yield from self._inside(strings[2], call.lineno)  # %%time and the like hold Python
            lines = strings[2].splitlines()
        else:
            lines = [" ".join(strings)]
        for line in lines:
            yield from (Use(name, call.lineno, "install") for name in installed(line))

    def _inside(self, code: str, line: int) -> Iterator[Use]:
        try:
            uses = self.read(code)
        except (SyntaxError, ValueError):
            return
        yield from (Use(use.module, line, use.how) for use in uses)

    def _dotted(self, node: ast.AST) -> str | None:
        """`tf.keras.layers` -> `tensorflow.keras.layers` when `tf` was imported, else None."""
        if isinstance(node, ast.Name):
            return self.aliases.get(node.id)
        if isinstance(node, ast.Attribute):
            base = self._dotted(node.value)
            return f"{base}.{node.attr}" if base else None
        return None


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


def _literal(node: ast.AST) -> str | None:
    """The chain as it is written, `tf.keras`, whatever `tf` is bound to."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = _literal(node.value)
        return f"{base}.{node.attr}" if base else None
    return None
