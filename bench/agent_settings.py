"""The tables of settings on the pages of agents, made from the settings themselves.

`python -m bench.agent_settings` writes, on each page, the table between `<!-- settings -->` and
`<!-- end settings -->`: every setting with its default, what it may be, and what it means.
"""

import re
from pathlib import Path
from typing import Any

from undergrad.rl.build import AGENTS
from undergrad.runs.settings import described

PAGES = Path(__file__).parents[1] / "docs" / "agents"
_BETWEEN = re.compile(r"<!-- settings -->\n.*?<!-- end settings -->", re.DOTALL)


def table(agent: str) -> str:
    """The table of one agent, in Markdown."""
    rows = ["| setting | default | allowed | meaning |", "| --- | --- | --- | --- |"]
    rows += [
        f"| `{name}` | {_shown(default)} | {_allowed(default, str(rule))} | {rule.doc} |"
        for name, default, rule in described(AGENTS[agent].settings)
    ]
    return "\n".join(rows)


def placed(text: str, agent: str) -> str:
    """The text of a page with the table in its place."""
    return _BETWEEN.sub(
        f"<!-- settings -->\n\n{table(agent)}\n\n<!-- end settings -->", text, count=1
    )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _allowed(default: Any, rule: str) -> str:
    if isinstance(default, bool):
        return "true or false"
    if rule == "at least minus a billion and at most a billion":
        return "any number"
    return rule.removesuffix(" and at most a billion").removeprefix("at least minus a billion and ")


def main() -> None:
    """Write all tables."""
    for agent in AGENTS:
        page = PAGES / f"{agent}.md"
        page.write_text(placed(page.read_text(encoding="utf-8"), agent), encoding="utf-8")


if __name__ == "__main__":
    main()
