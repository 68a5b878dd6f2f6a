"""Every command that writes where a person says: nothing that is not ours is ever replaced."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from undergrad import plots
from undergrad.cli.app import cli
from undergrad.course import load, worked_solution
from undergrad.errors import UndergradError
from undergrad.journey import create
from undergrad.runs.folder import create as create_run

COURSE = load()
UNIT = COURSE.unit("first-ten")

FILES = ["plan --hours 6 --ics {}", "export {}", "play RUN --out {}"]
FOLDERS = ["init {}", "start {} --no-serve --no-browser", "site build {}"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("made") / "j", COURSE).root


@pytest.fixture
def here(tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder outside any journey, with an exercise in it; the commands work on a journey."""
    monkeypatch.setenv("UNDERGRAD_JOURNEY", str(made))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.webp").write_text(worked_solution(UNIT))
    return tmp_path


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "thesis.txt").write_text("years of work")


TAKEN: dict[str, Callable[[Path], object]] = {
    "an exercise": lambda path: path.write_text(worked_solution(UNIT)),
    "an empty file": lambda path: path.write_text(""),
    "a folder": _folder,
    "a pipe": os.mkfifo,
    "a link to a device": lambda path: path.symlink_to("/dev/null"),
    "a dangling link": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
}


def _state(folder: Path) -> dict[str, object]:
    return {
        str(path): path.read_bytes() if path.is_file() else path.lstat().st_mode
        for path in folder.rglob("*")
    }


def _refused(line: str, place: Path | str) -> str:
    """What a command says that is refused with one sentence."""
    result = CliRunner().invoke(cli, [word.replace("{}", str(place)) for word in line.split()])
    assert isinstance(result.exception, UndergradError), (result.output, result.exception)
    said = str(result.exception)
    assert "\n" not in said and said.endswith(".")
    return said


@pytest.mark.parametrize("line", FILES)
@pytest.mark.parametrize("taken", TAKEN)
def test_a_file_of_ours_replaces_nothing_else(here: Path, line: str, taken: str) -> None:
    place = here / "out.webp"
    TAKEN[taken](place)
    before = _state(here)
    said = _refused(line, place)
    assert str(place) in said
    assert _state(here) == before


@pytest.mark.parametrize("line", FOLDERS)
@pytest.mark.parametrize("taken", [name for name in TAKEN if "folder" not in name])
def test_a_folder_of_ours_replaces_nothing_else(
    here: Path, monkeypatch: pytest.MonkeyPatch, line: str, taken: str
) -> None:
    monkeypatch.delenv("UNDERGRAD_JOURNEY")
    place = here / "out"
    TAKEN[taken](place)
    before = _state(here)
    assert str(place) in _refused(line, place)
    assert _state(here) == before


def test_a_site_is_built_into_no_folder_with_other_things(here: Path) -> None:
    _folder(here / "out")
    before = _state(here)
    assert "holds other files" in _refused("site build {}", here / "out")
    assert _state(here) == before


def test_a_site_to_which_a_file_was_added_is_kept(here: Path) -> None:
    (here / "out").mkdir()
    (here / "out" / ".undergrad-site").write_text("index.html\n.undergrad-site")
    (here / "out" / "index.html").write_text("ours")
    (here / "out" / "thesis.txt").write_text("years of work")
    assert "thesis.txt" in _refused("site build {}", here / "out")


@pytest.mark.parametrize("line", FOLDERS)
def test_standard_output_holds_no_folder(
    here: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.delenv("UNDERGRAD_JOURNEY")
    assert "standard output" in _refused(line, "-")


def test_a_plot_replaces_a_plot_and_nothing_else(tmp_path: Path) -> None:
    stem = tmp_path / "curve"
    for _ in range(2):
        plot = plots.plot_history([2.0, 1.0], stem)
    plot.write_text("<svg>drawn by hand</svg>")
    with pytest.raises(UndergradError, match="something else"):
        plots.plot_history([1.0, 2.0], stem)
    assert plot.read_text() == "<svg>drawn by hand</svg>"


def test_a_plot_is_not_standard_output(here: Path) -> None:
    assert "standard output" in _refused("runs compare RUN --out {}", "-")
    assert not list(here.glob("-*"))


@pytest.mark.parametrize("taken", [name for name in TAKEN if name != "a folder"])
def test_runs_are_kept_in_a_folder_or_not_at_all(tmp_path: Path, taken: str) -> None:
    place = tmp_path / "runs"
    TAKEN[taken](place)
    before = _state(tmp_path)
    with pytest.raises(UndergradError, match="runs"):
        create_run(place, "cartpole")
    assert _state(tmp_path) == before
    first, second = (create_run(tmp_path / "new", "cartpole") for _ in range(2))
    assert first != second and first.is_dir() and second.is_dir()


@pytest.mark.parametrize("taken", TAKEN)
def test_a_project_replaces_nothing(here: Path, taken: str) -> None:
    made = Path(os.environ["UNDERGRAD_JOURNEY"])
    place = made / "capstones" / taken.replace(" ", "-")
    TAKEN[taken](place)
    before = _state(made / "capstones")
    assert str(place) in _refused("capstone new supervised {}", place.name)
    assert _state(made / "capstones") == before


@pytest.mark.parametrize(
    ("line", "begins"),
    [("plan --hours 6 --ics -", b"BEGIN:VCALENDAR\r\n"), ("export -", b'{"undergrad":')],
)
def test_standard_output(here: Path, line: str, begins: bytes) -> None:
    result = CliRunner().invoke(cli, line.split())
    assert result.exit_code == 0, result.exception
    assert result.stdout_bytes.startswith(begins)
    assert result.stdout_bytes.rstrip().endswith((b"END:VCALENDAR", b"}"))
    assert result.stderr and not (here / "-").exists()


@pytest.mark.parametrize("line", FILES[:2])
def test_a_program_gets_json_and_the_file(here: Path, line: str) -> None:
    for place in ("out", "-"):
        result = CliRunner().invoke(cli, [*line.replace("{}", place).split(), "--json"])
        assert result.exit_code == 0, result.exception
        json.loads(result.stderr if place == "-" else result.stdout)
    assert (here / "out").stat().st_size > 100


@pytest.mark.parametrize("line", FILES[:2])
def test_ours_is_replaced_and_folders_are_created(here: Path, line: str) -> None:
    place = here / "new" / "folder" / "out"
    for _ in range(2):
        result = CliRunner().invoke(cli, line.replace("{}", str(place)).split())
        assert result.exit_code == 0, result.exception
        assert [path.name for path in place.parent.iterdir()] == ["out"]
        place.write_bytes(place.read_bytes().replace(b"\r\n", b"\n"))  # as git may leave it
    link = here / "link"
    link.symlink_to(place)
    assert CliRunner().invoke(cli, line.replace("{}", str(link)).split()).exit_code == 0
    assert link.is_symlink()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc refuses even root")
@pytest.mark.parametrize("line", [*FILES[:2], "init {}", "site build {}"])
def test_a_disk_that_refuses_is_one_sentence(
    here: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    if line.startswith("init"):
        monkeypatch.delenv("UNDERGRAD_JOURNEY")
    monkeypatch.setattr("undergrad.site.builder.gather", lambda *_: None)
    monkeypatch.setattr("undergrad.site.builder.assemble", lambda *_, **__: here)
    assert "/proc" in _refused(line, "/proc/undergrad/out")
    assert "long" in _refused(line, "x" * 300)


@pytest.mark.parametrize("line", [*FILES[:2], "init {}"])
def test_the_home_folder_is_meant_by_its_sign_also_behind_an_option(
    here: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """A shell does not expand `--ics=~/plan.ics`; a folder called `~` would be dangerous."""
    if line.startswith("init"):
        monkeypatch.delenv("UNDERGRAD_JOURNEY")
    home = here / "home"
    monkeypatch.setenv("HOME", str(home))
    result = CliRunner().invoke(cli, line.replace("{}", "~/new").split())
    assert result.exit_code == 0, result.exception
    assert [path.name for path in home.iterdir()] == ["new"]
    assert not (here / "~").exists()


def test_a_name_of_nobody_is_a_name(here: Path) -> None:
    assert CliRunner().invoke(cli, ["export", "~nobody-at-all/x"]).exit_code == 0
    assert (here / "~nobody-at-all" / "x").exists()


def test_a_file_that_is_not_there_is_not_imported(here: Path) -> None:
    result = CliRunner().invoke(cli, ["import", "nothing.jsonl"])
    assert isinstance(result.exception, UndergradError)
    assert result.exception.exit_code == 2
    assert "There is no file nothing.jsonl" in str(result.exception)
