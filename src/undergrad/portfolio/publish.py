"""One capstone as a page, and all of them as a portfolio: folders that need nothing around them.

    publish(project, Path("public/digits"), checked)
    build([(project, checked), ...], Path("portfolio"), title="Ada's work")

Everything is made in memory first and written at once; nothing is ever sent anywhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup

from undergrad import __version__
from undergrad.capstone.cures import unreadable
from undergrad.capstone.fingerprint import PAGE_MARK, fingerprint
from undergrad.capstone.headings import words
from undergrad.capstone.notebook import NotebookError
from undergrad.capstone.project import Project
from undergrad.capstone.prose import MEANS
from undergrad.errors import UndergradError, UsageError, notify
from undergrad.files import output_folder, refuse_other_output
from undergrad.markup import demand_address, environment
from undergrad.portfolio.facts import Facts, read_facts
from undergrad.portfolio.pictures import Picture, Pictures, element
from undergrad.portfolio.preview import preview
from undergrad.portfolio.render import Cell, Renderer, Step, read, section, steps
from undergrad.portfolio.seal import Checked, Seal, seal_of
from undergrad.portfolio.style import TEMPLATES, assets
from undergrad.words import listing, plural

# The parts of a page that are taken from the notebook: id, title, the heading that is looked for.
_SECTIONS = (
    ("tried", "What was tried and taken away",
     words("ablation ablat tried taken dropped removed without | 消融 アブレーション 切除")),
    ("worst", "Worst cases", MEANS["Errors"]),
    ("limits", "Limits", MEANS["Limits"]),
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """The page of one capstone, made and not yet written."""

    facts: Facts
    seal: Seal
    files: Mapping[str, bytes]  # by name in its folder
    question: Markup
    thumbnail: Markup  # the hero as the portfolio shows it
    lacks: tuple[str, ...]  # what a reader will miss, each in a few words
    has_math: bool


def publish(project: Project, out: Path, checked: Checked | None, *, url: str = "") -> Page:
    """Write the page of a capstone into the folder `out`, and return what was written.

    checked: the newest check that is known.   url: where the page will be, for social previews.
    Raises UsageError for a project without a notebook or a result, and for a folder that holds
    anything else; StoreError when the disk refuses. Then nothing was written or changed.
    """
    demand_address(url)
    refuse_other_output(out, PAGE_MARK)
    page = make_page(project, checked, url=_folder(url))
    shared = {f"assets/{name}": data for name, data in assets(math=page.has_math).items()}
    _write(out, {**page.files, **shared})
    return page


def build(
    works: Iterable[tuple[Project, Checked | None]], out: Path, *, title: str, url: str = ""
) -> list[Page]:
    """Write the page of all these capstones into `out`, with the page of each below it.

    One that cannot be shown is left out, and said. Raises UsageError when none is left.
    """
    demand_address(url)
    refuse_other_output(out, PAGE_MARK)
    pages: list[Page] = []
    for project, checked in works:
        try:
            below = f"{_folder(url)}{quote(project.folder.name)}/" if url else ""
            page = make_page(project, checked, url=below, shared="../")
        except UndergradError as error:
            notify(f"{project.folder.name} is left out: {error}")
            continue
        if any(page.facts.slug == other.facts.slug for other in pages):
            raise UsageError(f"Two of the folders are called {page.facts.slug}: rename one.")
        pages.append(page)
    if not pages:
        raise UsageError("There is no capstone to show yet: see `undergrad capstone list`.")
    shared = assets(math=any(page.has_math for page in pages))
    files = {f"assets/{name}": data for name, data in shared.items()}
    for page in pages:
        files |= {f"{page.facts.slug}/{name}": data for name, data in page.files.items()}
    _write(out, files | _front(pages, title, _folder(url)))
    return pages


def make_page(
    project: Project, checked: Checked | None, *, url: str = "", shared: str = ""
) -> Page:
    """The page of a capstone, in memory. shared: where the folder of assets lies, from its own."""
    try:
        cells = read(project.ipynb)
    except NotebookError as error:
        problem = unreadable(error, project)
        raise UsageError(f"{problem.message} {problem.todo}") from error
    facts = read_facts(project, cells)
    pictures = Pictures(project.folder)
    render = Renderer(pictures)
    hero = pictures.find(*facts.picture) if facts.picture else None
    if facts.picture and not hero:
        pictures.missing.append(facts.picture[0])
    question = render.markdown(facts.question, top=2)
    excerpts = [
        (name, title, steps(found, render, top=3, code=False))
        for name, title, means in _SECTIONS
        if (found := section(cells, means))
    ]
    notebook = steps(cells, render, top=3)
    cards = [
        (name.replace(" ", "-"), name.capitalize(), render.markdown(_body(text), top=3))
        for name, text in facts.cards.items()
    ]
    seal = seal_of(fingerprint(project.folder), checked)
    everything = [question, *(card for *_, card in cards), *(step.html for step in notebook)]
    has_math = any('class="math' in html for html in everything)
    html = _templates().get_template("capstone.html.jinja").render(
        facts=facts,
        seal=seal,
        question=question,
        hero=element(hero) if hero else "",
        hero_text=hero.alt if hero else "",
        sections=excerpts,
        cards=cards,
        notebook=notebook,
        code_cells=sum(cell.kind == "code" for cell in cells),
        licence_name=facts.licence[0],
        description=facts.result.sentence,
        url=url,
        assets=f"{shared}assets/",
        home=f"{shared}index.html" if shared else "",
        has_math=has_math,
    )  # fmt: skip
    card = preview(facts.title, facts.result.sentence, facts.kind, _bytes(hero))
    files = {
        "index.html": html.encode(),
        "preview.png": card,
        "notebook.ipynb": project.ipynb.read_bytes(),
        **pictures.files,
    }
    small = element(hero, prefix=f"{facts.address}/", asked=False) if hero else Markup()
    lacks = _lacks(facts, cells, [name for name, *_ in excerpts], notebook, pictures.missing)
    return Page(facts, seal, files, question, small, lacks, has_math)


def _front(pages: list[Page], title: str, url: str) -> dict[str, bytes]:
    """The page of all, and its preview."""
    said = f"{plural(len(pages), 'project')}: {listing(page.facts.title for page in pages)}."
    html = _templates().get_template("portfolio.html.jinja").render(
        title=title, pages=pages, description=said, url=url, assets="assets/", has_math=any(
            'class="math' in page.question for page in pages
        ),
    )  # fmt: skip
    heroes = (page.files for page in pages)
    first = next(
        (data for files in heroes for name, data in files.items() if "images/" in name), b""
    )
    return {"index.html": html.encode(), "preview.png": preview(title, said, "Portfolio", first)}


def _lacks(
    facts: Facts,
    cells: tuple[Cell, ...],
    sections: list[str],
    notebook: list[Step],
    missing: list[str],
) -> tuple[str, ...]:
    """What a reader of the page will miss."""
    found = [f"no heading of the notebook stands for “{title}”"
             for name, title, _ in _SECTIONS if name not in sections]  # fmt: skip
    if any(cell.kind == "code" for cell in cells) and not any(step.outputs for step in notebook):
        found.append("the notebook holds no output: `undergrad capstone run` keeps it")
    if not facts.picture:
        found.append("the README shows no picture of the project's own")
    found += [
        f"there is no {card}" for card in ("model card", "data card") if card not in facts.cards
    ]
    if not facts.licence[0]:
        found.append("there is no licence")
    found += [f"{name} cannot be shown" for name in dict.fromkeys(missing)]
    return tuple(found)


def _body(card: str) -> str:
    """A card without its first heading, which says again that it is one."""
    first, _, rest = card.lstrip().partition("\n")
    return rest if first.startswith("# ") else card


def _bytes(hero: Picture | None) -> bytes:
    return hero.content if hero else b""


def _folder(url: str) -> str:
    return url if not url or url.endswith("/") else f"{url}/"


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    with output_folder(out, PAGE_MARK) as folder:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


@cache
def _templates() -> Environment:
    made = environment(TEMPLATES)
    made.globals |= {"version": __version__, "plural": plural}
    return made
