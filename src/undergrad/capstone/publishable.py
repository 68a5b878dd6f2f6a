"""What stands between one's own work and a page to show: picture, result, cards, licence, setup."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from undergrad.capstone.headings import headings, words
from undergrad.capstone.project import Project
from undergrad.capstone.report import Criterion, Problem, criterion
from undergrad.capstone.template import is_untouched, template_file

_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)|<img\b[^>]*\bsrc=[\"']([^\"']+)")
_NUMBER = re.compile(
    r"(?<![\w.,])(\d[\d,]*(?:\.\d+)?|\.\d+)(e[+-]?\d+)?\s*(%|per ?cent)?", re.IGNORECASE
)
# A card, its names, and the parts that it needs, each with the words that mean it.
_CARDS = {
    "model card": (
        words("model.?card modelcard modellkarte"),
        {
            "intended use": words("use purpose intended zweck usage uso | 用途"),
            "training data": words("data daten donn datos | データ 数据"),
            "metric": words("metric evaluat result performance metrik | 評価 评估 指標"),
            "limits": words("limit caveat risk ethic grenzen bias | 限界 局限 制限"),
        },
    ),
    "data card": (
        words("data.?card datacard datasheet datenkarte dataset.?card"),
        {
            "origin": words("origin source collect provenance herkunft | 出典 来源"),
            "licence": words("licen rights lizenz | ライセンス 许可"),
            "people": words("people consent person privacy einwilligung | 同意 個人 隐私"),
            "split": words("split group aufteilung partition | 分割 划分"),
        },
    ),
}


def publishable(project: Project) -> list[Criterion]:
    """The criteria of the highest rung, read from files; nothing of it runs."""
    path = project.folder / "README.md"
    readme = path.read_text("utf-8-sig", "replace") if path.is_file() else ""
    return [
        _criterion("readme", "Picture and result", _readme(project, readme), "both are shown"),
        _criterion("cards", "Cards", _cards(project), "model and data have their cards"),
        _criterion("licence", "Licence", _licence(project), "there is one"),
        _criterion(
            "environment", "Environment", _environment(project, readme), "a stranger can run it"
        ),
    ]


def _criterion(id: str, title: str, problems: Iterator[Problem], good: str) -> Criterion:
    return criterion(id, title, list(problems), good=good, rung="publishable")


def _readme(project: Project, readme: str) -> Iterator[Problem]:
    """The README shows a picture of the project's own, and the result beside the baseline."""
    if not readme.strip():
        yield Problem("there is no README.md", todo="Write one: what you asked and found.")
        return
    own = [alt for alt, source in pictures(readme) if (project.folder / source).is_file()]
    if not own:
        yield Problem(
            "the README shows no picture that lies in the project",
            "README.md",
            "Save your best figure in the notebook, such as figures/result.png, and show it: "
            "![What it shows](figures/result.png).",
            name="no-picture",
        )
    elif not any(own):
        yield Problem(
            "the picture has no text for those who cannot see it",
            "README.md",
            "Write between the brackets what it shows: ![...](...).",
            state="attention",
            name="no-alt",
        )
    missing = [name for name, value in _claimed(project) if not _says(readme, value)]
    if missing:
        yield Problem(
            f"the README does not say the {' and the '.join(missing)} of {project.results}",
            "README.md",
            "Write one row for the result, with its interval over the seeds, and one for the "
            "baseline.",
            name="no-result",
        )


def pictures(markdown: str) -> list[tuple[str, str]]:
    """The pictures of a text, in their order: (alternative text, address)."""
    return [(alt, source or other) for alt, source, other in _PICTURE.findall(markdown)]


def _claimed(project: Project) -> list[tuple[str, float]]:
    """The numbers that a reader of the README should find: (name, value)."""
    try:
        data = json.loads((project.folder / project.results).read_text("utf-8-sig"))
        return [("result", float(data["value"])), ("baseline", float(data["baseline"]))]
    except (OSError, ValueError, KeyError, TypeError):
        return [("result", float("nan")), ("baseline", float("nan"))]


def _says(text: str, value: float) -> bool:
    """Whether a number of the text is `value`, rounded to the digits that are written.

    The sign is left out: in running text a minus cannot be told from a hyphen or a range.
    """
    return any(_is(abs(value), *found) for found in _NUMBER.findall(text))


def _is(value: float, digits: str, exponent: str, percent: str) -> bool:
    """Whether digits mean `value`. A comma groups thousands, or is that of decimals: 97,8 %."""
    scale = float(f"1{exponent or 'e0'}") * (0.01 if percent else 1.0)
    readings = {digits.replace(",", "")}
    if digits.rstrip(",").count(",") == 1 and "." not in digits:
        readings.add(digits.rstrip(",").replace(",", "."))
    for number in readings:
        error = abs(float(number) * scale - value)
        half = 0.5 * 10.0 ** -len(number.partition(".")[2]) * scale
        precise = len(number.replace(".", "").lstrip("0")) > 1
        exact = "." in number and error <= 1e-9  # one digit, such as 0.9, could mean anything near
        if exact or (precise and error <= half * (1 + 1e-9)):
            return True
    return False


def _cards(project: Project) -> Iterator[Problem]:
    """Both cards are there, as files or in the README, and say what a stranger needs to know."""
    there = cards(project)
    for card, (_, parts) in _CARDS.items():
        name, text = there.get(card, ("", ""))
        if not name:
            file = f"{card.replace(' ', '-')}.md"
            yield Problem(
                f"there is no {card}",
                todo=f"Write {file} with the headings {', '.join(parts)}.",
                name=f"no-{card.replace(' ', '-')}",
            )
            continue
        if is_untouched(text, template_file(project.kind, name)):
            yield Problem(
                f"the {card} is the template's, word for word",
                name,
                "Write what a stranger has to know about yours.",
                name="template-card",
            )
            continue
        found = [title for _, title in headings(text)]
        missing = [part for part, word in parts.items() if not any(map(word.search, found))]
        if missing:
            yield Problem(
                f"the {card} has no heading for {', '.join(missing)}",
                name,
                "A stranger decides by it whether to use your work: add what is missing.",
                name="card-part",
            )


def cards(project: Project) -> dict[str, tuple[str, str]]:
    """The model card and the data card that are there: (name of the file, its text)."""
    files = [path for path in project.folder.glob("*.md") if path.name != "plan.md"]
    texts = {path.name: path.read_text("utf-8-sig", "replace") for path in sorted(files)}
    found: dict[str, tuple[str, str]] = {}
    for card, (means, _) in _CARDS.items():
        for name, text in texts.items():
            if means.search(name) or _titled(text, means):
                found.setdefault(card, (name, text))
    return found


def _titled(text: str, means: re.Pattern[str]) -> bool:
    return any(means.search(title) for _, title in headings(text))


def _licence(project: Project) -> Iterator[Problem]:
    todo = "Without one nobody may use your work: put the text of one, such as MIT, into LICENSE."
    name, text = licence(project)
    if not name:
        yield Problem("there is no LICENSE", todo=todo, name="no-licence")
    elif len(text.split()) < 20:
        yield Problem(f"{name} is almost empty", todo=todo, name="no-licence")
    elif is_untouched(text, template_file(project.kind, name)):
        yield Problem(
            f"{name} is the template's, which only says how to choose one",
            name,
            todo,
            name="no-licence",
        )


def licence(project: Project) -> tuple[str, str]:
    """The name of the licence's file and its text; two empty texts when there is none."""
    paths = sorted(
        path for path in project.folder.iterdir() if re.match(r"(?i)licen[cs]e|copying", path.name)
    )
    if not paths:
        return "", ""
    text = paths[0].read_text("utf-8-sig", "replace") if paths[0].is_file() else ""
    return paths[0].name, text


def _environment(project: Project, readme: str) -> Iterator[Problem]:
    """The versions are pinned somewhere, and the README says how to install and run."""
    lists = ("requirements.txt", "uv.lock", "poetry.lock", "pixi.lock", "environment.yml")
    there = [project.folder / name for name in lists if (project.folder / name).is_file()]
    if not there:
        yield Problem(
            "nothing says which versions of which libraries it needs",
            todo="Write requirements.txt with the versions you used: numpy==2.4.6, one a line.",
            name="no-environment",
        )
    elif not _pinned(there[0]):
        yield Problem(
            f"{there[0].name} leaves versions open",
            there[0].name,
            "Pin each, such as numpy==2.4.6, so that it still runs next year.",
            state="attention",
            name="not-pinned",
        )
    if not re.search(r"pip install|uv (sync|run|pip)|conda env|pixi install", readme):
        yield Problem(
            "the README does not say how to install it",
            "README.md",
            "Give the commands in a code block: one to install, one to run.",
            name="no-install-command",
        )


def _pinned(path: Path) -> bool:
    if path.name != "requirements.txt":
        return True
    lines = [line.partition("#")[0].strip() for line in path.read_text("utf-8-sig").splitlines()]
    wanted = [line for line in lines if line and not line.startswith("-")]
    return bool(wanted) and all("==" in line or "@" in line or "/" in line for line in wanted)
