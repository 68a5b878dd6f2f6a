"""`docs/notation.md` lists each symbol of the lessons, from the first lesson that uses it."""

import re

import pytest
from tests.course import gate

from undergrad.locate import data_path

PAGE = (data_path("docs") / "notation.md").read_text("utf-8")
ORDER = [unit for unit in gate.loaded().units if unit.written]

# How a symbol is written in a formula: what the page calls it in its first column.
SYMBOLS = {
    r"\\eta(?![a-z])": r"$\eta$, `lr`",
    r"\\top(?![a-z])": r"$A^\top$, `A.T`",
    r"[A-Z]\^\{-1\}": r"$A^{-1}$",
    r"\\sum(?![a-z])": r"$\sum_i$",
    r"\\hat(?![a-z])": r"$\hat y$",
    r"\\partial(?![a-z])": r"$\frac{\partial L}{\partial x}$",
    r"\\nabla(?![a-z])": r"$\nabla L$, $\nabla_x L$",
    r"\\odot(?![a-z])": r"$\odot$, `*`",
    r"\\lVert|\\\|": r"$\|v\|$",
    r"\\sigma(?![a-z])": r"$\mu, \sigma, \Sigma$",
    r"\\kappa(?![a-z])": r"$\kappa$",
    r"\\varepsilon(?![a-z])": r"$\varepsilon$",
    r"\\lfloor": r"$\lfloor a \rfloor$",
    r"\\log(?![a-z])": "log",
}


def formulas(unit):
    text = re.sub(r"```.*?```|`[^`\n]*`", " ", gate.lesson(unit), flags=re.DOTALL)
    return " ".join(re.findall(r"\$\$.*?\$\$|\$[^$\n]+\$", text, re.DOTALL))


@pytest.mark.parametrize("written, symbol", SYMBOLS.items(), ids=SYMBOLS.values())
def test_a_symbol_is_listed_with_the_first_lesson_that_uses_it(written, symbol):
    first = next(unit.id for unit in ORDER if re.search(written, formulas(unit)))
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {symbol} |"))
    assert f"[{first}](" in row, f"{symbol} is first used in {first}"
