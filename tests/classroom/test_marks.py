"""The roster that a teacher has, and CSV that a spreadsheet and a learning platform can read."""

import csv
import io
from pathlib import Path

import pytest
from tests.classroom.conftest import NOW

from undergrad.classroom import marks
from undergrad.classroom.folder import Classroom
from undergrad.classroom.marks import Entry
from undergrad.classroom.view import MARK, VERIFIED
from undergrad.errors import UsageError

READ = {
    "lines": "Ada\nAlan T.\n\n",
    "no line end": "Ada\nAlan T.",
    "mark": "\ufeffname\nAda\nAlan T.\n",
    "semicolons": "Name;Email\nAda;\nAlan T.;\n",
    "quoted": 'name,id\n"Ada",\n"Alan T.",\n',
    "windows": "Ada\r\nAlan T.\r\n",
}


@pytest.mark.parametrize("form", READ)
def test_a_list_of_names_in_the_form_that_a_teacher_has(form: str, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text(READ[form], "utf-8", newline="")
    assert [each.name for each in marks.read_names(tmp_path / "names.csv")] == ["Ada", "Alan T."]


def test_columns_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text('id,Email,NAME\n7,a@b.c,"Byron, Ada"\n')
    assert marks.read_names(tmp_path / "n.csv") == [Entry(0, "Byron, Ada", "a@b.c", "7")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1"),
        ("Ada\n\nAlan\n", "line 2"),
        ("name\nAda\nAlan\nAda\n", "Ada is on lines 2 and 4"),
        ("name,id\n,3\nAda,4\n,5\nX,1\n", "line 2, 4"),
    ],
)
def test_empty_and_doubled_names_are_refused_with_their_lines(
    text: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / "names.csv").write_text(text)
    with pytest.raises(UsageError, match=says):
        marks.read_names(tmp_path / "names.csv")


ENTRIES = [
    Entry(1, "Ada", "ada@x.org", "S1", "ug1-a"),
    Entry(2, "=HYPERLINK(1)", "", "-7", "ug1-b"),
    Entry(10, "Alan, T.", "", "", "ug1-c"),
]


@pytest.fixture
def graded(classroom: Classroom) -> Classroom:
    marks.write_roster(classroom, ENTRIES)
    store = classroom.open_store()
    store.enrol([1, 2, 10])
    for learner, unit, verdict in (
        (1, "conv", "pass"),
        (1, "first-ten", "fail"),
        (2, "conv", "pass"),
    ):
        store.add(learner, [_verified(unit, verdict)], NOW)
    store.close()
    return classroom


def _verified(unit: str, verdict: str) -> dict:
    return {"kind": VERIFIED, "unit": unit, "verdict": verdict, "check": "h", "code": "c"}


def exported(classroom: Classroom, file: Path, layout: str = "plain") -> list[list[str]]:
    marks.export(classroom, file, layout, ["first-ten", "conv", "mdp"])
    return list(csv.reader(io.StringIO(file.read_text("utf-8"))))


def test_the_roster_comes_back_as_it_was(graded: Classroom) -> None:
    assert marks.read_roster(graded) == ENTRIES
    marks.write_roster(graded, marks.read_roster(graded))
    assert marks.read_roster(graded) == ENTRIES


def test_marks_in_the_order_of_the_course_and_no_formula(graded: Classroom, tmp_path: Path) -> None:
    assert exported(graded, tmp_path / "m.csv") == [
        ["number", "name", "email", "id", "first-ten", "conv"],
        ["1", "Ada", "ada@x.org", "S1", "0", "1"],
        ["2", "'=HYPERLINK(1)", "", "-7", "", "1"],
        ["10", "Alan, T.", "", "", "", ""],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert marks.csv_bytes([[f"{start}cmd", "-1.5", "a"]]).startswith(b"'" + start.encode()) or (
        marks.csv_bytes([[f"{start}cmd"]]) == f'"\'{start}cmd"\n'.encode()
    )
    assert b",-1.5,a" in marks.csv_bytes([[f"{start}cmd", "-1.5", "a"]])


@pytest.mark.parametrize(
    ("layout", "heads", "ada"),
    [
        (
            "canvas",
            ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"],
            ["Ada", "", "S1", "ada@x.org", ""],
        ),
        ("moodle", ["Full name", "Email address", "ID number"], ["Ada", "ada@x.org", "S1"]),
    ],
)
def test_columns_of_learning_platforms(
    graded: Classroom, tmp_path: Path, layout: str, heads: list[str], ada: list[str]
) -> None:
    rows = exported(graded, tmp_path / "m.csv", layout)
    assert rows[0] == [*heads, "first-ten", "conv"] and rows[1] == [*ada, "0", "1"]


def test_what_changed_is_said_first(graded: Classroom, tmp_path: Path) -> None:
    def said() -> str:
        return marks.changes(graded, marks.marks(graded))

    assert said() == "3 marks, exported for the first time."
    exported(graded, tmp_path / "m.csv")
    assert said() == "0 of 3 marks changed since the last export."
    store = graded.open_store()
    store.add(1, [_verified("conv", "fail"), _verified("first-ten", "pass")], NOW)
    store.add(2, [{"kind": MARK, "unit": "mdp", "mark": "0.5", "reason": "late"}], NOW)
    store.add(10, [_verified("conv", "fail")], NOW)
    store.close()
    assert said() == "4 of 5 marks changed since the last export: 2 up, 1 down, 1 new."


def test_an_export_replaces_no_other_file(graded: Classroom, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("My thesis\n")
    with pytest.raises(UsageError, match="something else"):
        exported(graded, tmp_path / "thesis.txt")
    exported(graded, tmp_path / "m.csv")
    exported(graded, tmp_path / "m.csv")


def test_a_forgotten_learner_has_no_name_and_no_mark(graded: Classroom, tmp_path: Path) -> None:
    exported(graded, tmp_path / "m.csv")
    marks.drop(graded, 1)
    assert "Ada" not in graded.roster.read_text() and '"1":' not in graded.exported.read_text()


def test_a_learner_by_number_or_by_name(graded: Classroom) -> None:
    roster = marks.read_roster(graded)
    assert (marks.number_of("2", roster), marks.number_of("Ada", roster)) == (2, 1)
    with pytest.raises(UsageError, match="roster"):
        marks.number_of("ada", roster)
    for wrong in ("one", "1e9", "=1", ""):
        with pytest.raises(UsageError, match="number"):
            marks.valid_mark(wrong)
