"""A class without a server, by its commands: from an empty folder to a board, and out again."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from undergrad.classroom import client
from undergrad.classroom.folder import find
from undergrad.cli.app import cli
from undergrad.course import load, worked_solution
from undergrad.errors import UndergradError
from undergrad.journey import create, learner

COURSE = load()
UNIT = COURSE.unit("first-ten")
SECRET = "my-secret-goal"
Run = Callable[..., Result]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journey with a check that failed, a hint, and a note."""
    root = create(tmp_path_factory.mktemp("journeys") / "way", COURSE, goal=SECRET).root
    me = learner(root)
    me.start(UNIT)
    task = {"task": 1, "verdict": "fail", "mistake": "predict-1", "got": SECRET, "message": SECRET}
    me.record("check.finished", UNIT.id, verdict="fail", tasks=[task], output=SECRET)
    me.record("hint.shown", UNIT.id, task=1, rung=1)
    me.note(UNIT, SECRET)
    return root


@pytest.fixture
def run(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command in a folder with a class `k` of three and a journey `way`; its result."""
    monkeypatch.delenv("UNDERGRAD_JOURNEY", raising=False)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(template, tmp_path / "way")
    (tmp_path / "names.csv").write_text("Ada\nAlan\nGrace\n")

    def invoked(line: str, *more: str) -> Result:
        result = CliRunner().invoke(cli, [*line.split(), *more], standalone_mode=False)
        if result.exception and not isinstance(result.exception, UndergradError):
            raise result.exception
        return result

    return invoked


@pytest.fixture
def klass(run: Run, tmp_path: Path) -> Path:
    assert run("class init k --keep-until 2999-01-01 --purpose", "to help").exit_code == 0
    assert run("class invite k names.csv").exit_code == 0
    return tmp_path / "k"


def code_of(number: int, folder: str = "k") -> str:
    return Path(folder, "roster.csv").read_text().splitlines()[number].rpartition(",")[2]


def board() -> dict[str, Any]:
    return json.loads(CliRunner().invoke(cli, ["class", "board", "k", "--json"]).stdout)


def test_from_an_empty_folder_to_a_board(run: Run, klass: Path) -> None:
    said = run("class join --journey way --yes", code_of(2)).stderr
    for word in ("to help", "1 January 2999", "Never: your goal", "verdict of each task"):
        assert word in " ".join(said.split())
    preview = run("class push --journey way --preview").stdout
    assert "check.finished" in preview and SECRET not in preview
    assert run("class push --journey way --file in/deep/a.jsonl").exit_code == 0
    assert preview == Path("in/deep/a.jsonl").read_text(), "the very bytes"
    Path("in/readme.txt").write_text("not a push")
    said = run("class collect k in").stdout
    assert "3 events added, 0 known; 1 other file left alone" in " ".join(said.split())
    assert "0 events added, 3 known" in " ".join(run("class collect k in").stdout.split())
    made = board()
    assert (made["learners"], made["events"], made["missing"]) == (3, 3, [1, 3])
    assert "Alan" not in run("class board k").stdout
    assert "Nothing sent yet: Ada and Grace" in run("class board k --names").stdout
    assert run("class verify k").return_value == 0


def test_nothing_is_written_before_yes(run: Run, klass: Path) -> None:
    before = [event.uuid for event in learner(Path("way")).events()]
    assert "leave out --auto" in str(run("class join --journey way --auto", code_of(1)).exception)
    refused = run("class join --journey way", code_of(1))
    assert "nothing was written" in str(refused.exception)
    assert [event.uuid for event in learner(Path("way")).events()] == before
    assert client.member(learner(Path("way")).journey) is None


def test_a_second_class_is_joined_only_after_the_first_is_left(run: Run, klass: Path) -> None:
    run("class init other --keep-until 2999-01-01")
    run("class invite other names.csv")
    run("class join --journey way --yes", code_of(1))
    refused = run("class join --journey way --yes", code_of(1, "other"))
    assert "You are in the class k: leave it" in str(refused.exception)
    run("class leave --journey way")
    assert run("class join --journey way --yes", code_of(1, "other")).exit_code == 0


def test_code_is_handed_in_only_when_asked_and_the_newest_counts(run: Run, klass: Path) -> None:
    run("class join --journey way --yes", code_of(1))
    file = Path("way") / UNIT.exercise
    assert "No code was handed in" in run("class push --journey way --code --file a.jsonl").stdout
    texts = [worked_solution(UNIT), "x = 1\n", worked_solution(UNIT)]
    for number, text in enumerate(texts):
        file.write_text(text)
        assert "code.handed_in" not in run("class push --journey way --preview").stdout
        run("class push --journey way --code --file", f"in/{number}.jsonl")
        run("class push --journey way --code --file", f"in/{number}-again.jsonl")
        run("class collect k in")
        (newest,) = _hand_ins(klass)
        assert newest.text == text
    store = find(klass).open_store()
    assert store.verify() == []
    assert (
        len(list(store.database.execute("SELECT 1 FROM event WHERE body LIKE '%handed_in%'"))) == 3
    )
    store.close()


def _hand_ins(klass: Path) -> list[Any]:
    store = find(klass).open_store()
    found = list(store.hand_ins())
    store.close()
    return found


@pytest.mark.parametrize(
    ("content", "says"), [(b"x = '\xff'\n", "UTF-8"), (b"x\0", "UTF-8"), (b"#" * 300_000, "kB")]
)
def test_code_that_no_class_takes(run: Run, klass: Path, content: bytes, says: str) -> None:
    run("class join --journey way --yes", code_of(1))
    (Path("way") / UNIT.exercise).write_bytes(content)
    refused = run("class push --journey way --code --file a.jsonl")
    assert says in str(refused.exception) and UNIT.exercise in str(refused.exception)
    assert run("class push --journey way --file a.jsonl").exit_code == 0


def test_a_file_that_is_wrong_stops_no_other(run: Run, klass: Path) -> None:
    for number in (1, 2):
        run("class join --journey way --yes", code_of(number))
        run("class push --journey way --file", f"in/{number}.jsonl")
    bad = Path("in/1.jsonl").read_bytes()
    Path("in/0.jsonl").write_bytes(bad.replace(b"first-ten", b"first-nil"))
    Path("in/3.jsonl").write_bytes(bad[:-30])
    done = run("class collect k in")
    assert done.return_value == 1
    assert done.stdout.count("Refused:") == 2 and "6 events added" in done.stdout


def test_a_learner_who_was_forgotten_is_gone_and_cannot_push(run: Run, klass: Path) -> None:
    run("class join --journey way --yes", code_of(2))
    run("class push --journey way --file in/a.jsonl")
    run("class collect k in")
    assert "say yes" in str(run("class forget k Alan").exception)
    assert run("class forget k Alan --yes").exit_code == 0
    assert "Alan" not in (klass / "roster.csv").read_text()
    assert "has left this class" in run("class collect k in").stdout
    assert board()["learners"] == 2
    Path("more.csv").write_text("Alan\n")
    run("class invite k more.csv")
    assert "4,Alan" in (klass / "roster.csv").read_text(), "a number is given once"


def test_people_who_come_later_leave_everybody_their_number_and_code(run: Run, klass: Path) -> None:
    before = (klass / "roster.csv").read_text()
    Path("more.csv").write_text("Barbara\nAda\n")
    run("class invite k more.csv")
    after = (klass / "roster.csv").read_text()
    assert after.startswith(before) and after.count("\n") == before.count("\n") + 1


def test_a_mark_by_hand(run: Run, klass: Path) -> None:
    assert run("class mark k Ada first-ten 0.5 --because late").exit_code == 0
    run("class export k marks.csv")
    assert "1,Ada,,,0.5" in Path("marks.csv").read_text()
    run("class mark k Ada first-ten none --because mistake")
    run("class export k marks.csv")
    assert "0.5" not in Path("marks.csv").read_text()


def test_leaving(run: Run, klass: Path) -> None:
    run("class join --journey way --yes", code_of(1))
    said = run("class leave --journey way --erase").stdout
    assert "until your teacher erases learner 1" in " ".join(said.split())
    assert "You are in no class" in str(run("class push --journey way").exception)
    kinds = [event.kind for event in learner(Path("way")).events()]
    assert kinds[-2:] == ["class.joined", "class.left"]


def test_the_secret_is_readable_for_its_owner_only(run: Run, klass: Path) -> None:
    run("class join --journey way --yes", code_of(1))
    assert (Path("way/.undergrad/class.json").stat().st_mode & 0o077) == 0
    assert (klass.stat().st_mode & 0o077) == 0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("class board nowhere", "class init nowhere"),
        ("class init k", "is a class already"),
        ("class init way", "holds other files"),
        ("class init z --keep-until 2020-01-01", "is over"),
        ("class init z --store mysql://a/b", "not an address of PostgreSQL"),
        ("class invite k nobody.csv", "nobody.csv"),
        ("class invite k --address 10.0.0.5", "HOST:PORT"),
        ("class collect k nowhere", "no folder"),
        ("class mark k Ada no-unit 1 --because x", "no unit"),
        ("class mark k Ada first-ten good --because x", "not a number"),
        ("class mark k 99 first-ten 1 --because x", "no learner 99"),
        ("class push --journey way", "in no class"),
        ("class join --journey way ug1-abc", "cut short"),
    ],
)
def test_what_is_wrong_is_one_sentence(run: Run, klass: Path, line: str, says: str) -> None:
    result = run(line)
    assert says in str(result.exception) and "\n" not in str(result.exception)
    assert not Path("z/class.json").exists()


def test_the_class_is_over(run: Run, klass: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = (klass / "class.json").read_text().replace("2999", "2020")
    (klass / "class.json").write_text(settings)
    run("class invite k")
    assert "ended on 1 January 2020" in str(run("class join --journey way", code_of(1)).exception)
    assert "delete" in run("class board k").stdout
