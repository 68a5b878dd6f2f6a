"""Languages, clocks, odd folders and small limits around whole commands."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from tests.progress import start_unit

from undergrad import course
from undergrad.errors import StoreError
from undergrad.journey import Journey, create, events

KNOWN = course.load()
UNIT = KNOWN.unit("first-ten")
PROGRAM = [sys.executable, "-c", "from undergrad.cli import main; main()"]


def begin(folder: Path) -> Journey:
    """A journey with the first exercise solved, but not checked yet."""
    journey = create(folder, KNOWN, goal="İstanbul, ﷽, 汉字 and ünderstanding")
    path = start_unit(journey, UNIT, KNOWN)
    path.write_bytes((course.unit_folder(UNIT) / "solution.py").read_bytes())
    return journey


def run(journey: Journey, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [*PROGRAM, *words],
        cwd=journey.root,
        env={**kept, **environment},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr"},
        {"LC_ALL": "de_DE.ISO-8859-1", "PYTHONIOENCODING": "latin-1"},
        {"TZ": "Pacific/Kiritimati"},
        {"TZ": "Nowhere/At_All", "TERM": "dumb"},
    ],
    ids=lambda value: value.get("LC_ALL") or value["TZ"],
)
def test_every_language_and_time_zone(environment, tmp_path):
    journey = begin(tmp_path / "way")
    checked = run(journey, "check", **environment)
    assert checked.returncode == 0 and "Passed." in checked.stdout, checked.stderr
    for words in (["status"], ["log"], ["show", UNIT.id]):
        shown = run(journey, *words, **environment)
        assert shown.returncode == 0 and "Traceback" not in shown.stderr, shown.stderr
        assert UNIT.id in shown.stdout
    ahead = "Kiritimati" in environment.get("TZ", "")  # where the day begins first
    assert list(events(journey))[-1].offset == (14 * 60 if ahead else 0) or "TZ" not in environment


ODD = ("with some spaces", 'quote\'s "and" $more;', "-rf", "naïve é ﷽ 汉字 😀", "n" * 255)


@pytest.mark.parametrize("name", ODD, ids=["spaces", "quotes", "dash", "unicode", "long"])
def test_every_folder_name(name, tmp_path):
    journey = begin(tmp_path / name)
    checked = run(journey, "check")
    assert checked.returncode == 0 and "Passed." in checked.stdout, checked.stderr
    assert run(journey, "status").returncode == 0


def test_a_name_that_is_not_text(tmp_path):
    journey = begin(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe")))
    checked = run(journey, "check")
    assert checked.returncode == 0 and "Passed." in checked.stdout, checked.stderr


def test_a_folder_too_deep_is_refused_with_the_cure(tmp_path):
    folder = tmp_path.joinpath(*["d" * 200] * 12)
    folder.mkdir(parents=True)
    with pytest.raises(StoreError, match="move the journey to a shorter one"):
        create(folder / "way", KNOWN)


def test_a_home_that_is_not_there_and_cannot_be_made(tmp_path):
    journey = begin(tmp_path / "way")
    checked = run(journey, "check", HOME="/proc/nothing")
    assert checked.returncode == 0 and "Passed." in checked.stdout, checked.stderr


def test_few_descriptors_end_in_a_sentence(tmp_path):
    """Whatever the limit, there is a result or a sentence, and the store stays whole."""
    journey = begin(tmp_path / "way")
    before = len(list(events(journey)))
    for most in (4, 8, 12, 16, 64):
        ran = subprocess.run(
            [*PROGRAM, "note", UNIT.id, "a word"],
            cwd=journey.root,
            capture_output=True,
            text=True,
            preexec_fn=lambda most=most: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)),
        )
        assert ran.returncode in (0, 1, 3), ran.stderr
        before += ran.returncode == 0
    assert len(list(events(journey))) == before


def test_a_reader_that_goes_away_is_no_trouble(tmp_path):
    journey = begin(tmp_path / "way")
    process = subprocess.Popen(
        [*PROGRAM, "log"], cwd=journey.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    assert process.wait() in (0, 1, 141)  # 1 is Click's own answer
