"""The tables of results on the pages of agents, made from runs.

`python -m bench.agent_results RUN ...` takes folders of finished runs, such as those that
`undergrad train ppo --seeds 10` leaves in `runs/`. Each becomes a file of data in
`docs/assets/agents/`, and the table between `<!-- results:PRESET -->` and `<!-- end -->` on the
page that has these marks.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from undergrad.rl.run.threshold import interval

DOCS = Path(__file__).parents[1] / "docs"
KEPT = ("seed", "verdict", "score", "std", "steps", "seconds")


def results(folder: Path) -> dict[str, Any]:
    """What a run came to, without what belongs to one machine's disk."""
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    seeds = [{name: seed[name] for name in KEPT} for seed in record["seeds"]]
    about = {name: record[name] for name in ("preset", "line", "undergrad", "cores")}
    return about | {"seeds": seeds}


def table(found: dict[str, Any]) -> str:
    """A sentence and a row for each seed, as Markdown."""
    seeds = found["seeds"]
    passed = sum(seed["verdict"] == "pass" for seed in seeds)
    middle, low, high = interval([seed["score"] for seed in seeds])
    rows = [
        f"| {s['seed']} | {s['score']:.1f} ± {s['std']:.1f} | {s['steps']:,} | {s['seconds']:.0f} |"
        f" {'passed' if s['verdict'] == 'pass' else 'failed'} |"
        for s in seeds
    ]
    return "\n".join(
        [
            f"**{passed} of {len(seeds)} seeds of `{found['preset']}` passed.** Interquartile mean "
            f"{middle:.1f}, 95% interval {low:.1f} to {high:.1f}.",
            "",
            "| seed | mean return ± standard deviation | steps | seconds | verdict |",
            "| ---: | ---: | ---: | ---: | --- |",
            *rows,
            "",
            f"Made by `undergrad train {found['preset']} --seeds {len(seeds)}` with version "
            f"{found['undergrad']} on {found['cores']} cores. The seconds are wall-clock "
            "time on a shared machine.",
        ]
    )


def placed(page: str, preset: str, text: str) -> str:
    """The page with `text` between the marks of this preset."""
    marks = re.compile(rf"(<!-- results:{preset} -->\n).*?(<!-- end -->)", re.DOTALL)
    return marks.sub(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", page)


def main(folders: list[str]) -> None:
    for folder in folders:
        found = results(Path(folder))
        data = DOCS / "assets" / "agents" / f"{found['preset']}-results.json"
        data.parent.mkdir(parents=True, exist_ok=True)
        data.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        for path in (DOCS / "agents").glob("*.md"):
            page = path.read_text(encoding="utf-8")
            path.write_text(placed(page, found["preset"], table(found)), encoding="utf-8")
        print(f"written: {data.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
