"""Run: blocks of a lesson in a fresh process, with what the learner has and what is on loan."""

import asyncio
import base64
import json
import os
import re
import sys
import time
from pathlib import Path

import pytest
from tests.course import gate
from tests.progress import append
from tests.reliability.hostile import left_by

from undergrad import course as courses
from undergrad import journey as journeys
from undergrad.errors import UsageError
from undergrad.sandbox import process, warm
from undergrad.site import running
from undergrad.site.live import LiveSite
from undergrad.site.running import Run, imports, numbered, runnable

UNIT = courses.load().unit("first-ten")
IMPORTS = "from exercises.first_ten import predict, step\n"


@pytest.fixture(scope="module", autouse=True)
def parent():
    usual = process.bare
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "bare", lambda home: {**usual(home), **gate.KERNEL})
        with warm.parents({"undergrad.sandbox.blocks": ()}):
            yield


@pytest.fixture
def me(tmp_path):
    course = courses.load()
    return journeys.Learner(journeys.create(tmp_path / "j", course), course)


def passed(me, *tasks):
    """The learner's file, with these tasks passed as the newest check says."""
    results = [
        {"task": each.number, "verdict": "pass" if each.number in tasks else "fail"}
        for each in UNIT.tasks
    ]
    data = {"verdict": "fail", "tasks": results}
    append(me.journey, "check.finished", UNIT.id, data, course=me.course)
    return journeys.Learner(me.journey, me.course)


async def pieces_of(run):
    return [json.loads(each) async for each in run.pieces()]


def end(me, *texts):
    """How a run of the last text ended."""
    return asyncio.run(pieces_of(Run(me, numbered({"blocks": list(texts)}))))[-1]


def test_what_stands_above_is_replayed_in_silence_and_nothing_else_is_there(me):
    found = end(me, "print('above')\nx = 2", "x += 1", "print(x, sorted(vars())[-1])")
    assert (found["ending"], found["printed"]) == ("done", "3 x\n")


def test_an_error_is_told_by_its_line_and_one_above_as_such(me):
    found = end(me, "x = 1", "print(x)\nprint(y)")
    assert found["printed"] == "1\n" and found["trouble"] == ""
    assert 'File "Block 2", line 2' in found["traceback"] and "print(y)" in found["traceback"]
    assert found["traceback"].endswith("NameError: name 'y' is not defined\n")
    assert "undergrad" not in found["traceback"]
    above = end(me, "x = (", "print('late')")
    assert above["trouble"] == "Block 1 above fails. " and above["printed"] == ""
    assert "SyntaxError" in above["traceback"]


def test_everything_is_on_loan_until_a_task_passes(me):
    text = IMPORTS + "print(predict(2, 1, 10))"
    found = end(me, text)
    assert found["printed"] == "21\n"
    assert found["notes"] == ["`first_ten.py` is on loan until its first task passes."]
    me.start(UNIT)  # the blank, of which nothing passes
    assert end(me, text)["printed"] == "21\n"


def test_what_has_passed_is_the_learners_and_the_rest_is_named(me):
    file = me.start(UNIT)
    own = file.read_text("utf-8").replace(
        "def predict(", "def predict(w, b, c):\n    return 42\n\n\ndef _("
    )
    file.write_text(own, "utf-8")
    me = passed(me, 1)
    found = end(me, IMPORTS + "print(predict(2, 1, 10), step(0.0, 0.0, 1.0, 1.0, lr=0.1)[0] > 0)")
    assert found["printed"] == "42 True\n"
    assert found["notes"] == ["Of `first_ten.py`, `step` is on loan until task 3 passes."]
    assert end(me, "from exercises.first_ten import predict")["notes"] == [
        "What comes from `first_ten.py` is your own."
    ]
    file.write_text("x = (\n", "utf-8")
    broken = end(me, IMPORTS + "print(predict(2, 1, 10))")
    assert broken["printed"] == "21\n"
    assert any("cannot be imported, so it is on loan" in note for note in broken["notes"])


def test_each_exercise_stands_behind_those_that_it_imports(me):
    names = [each.unit.id for each in imports(me, ["from exercises.transformer import Block"])]
    assert names.index("attention") < names.index("transformer")


@pytest.mark.slow  # Matplotlib makes a list of fonts each time
def test_a_picture_is_sent_with_its_labels_and_only_by_the_block_that_drew_it(me):
    draw = (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.ylabel('loss')\nplt.xlabel('step')"
    )
    found = end(me, draw)
    (picture,) = found["pictures"]
    assert base64.b64decode(picture["png"]).startswith(b"\x89PNG")
    assert picture["words"] == "A plot: loss against step"
    assert end(me, draw, "print('no picture')")["pictures"] == []
    assert len(end(me, draw, "plt.title('more')\nplt.show()")["pictures"]) == 1


def test_a_run_is_stopped_with_its_line_even_if_it_will_not(me, monkeypatch):
    async def stopped(text):
        run = Run(me, [(1, text)])
        pieces = run.pieces()
        first = json.loads(await anext(pieces))
        run.stop()
        rest = [json.loads(each) async for each in pieces]
        return first, rest[-1]

    monkeypatch.setattr(running, "_PATIENCE", 30.0)  # of a busy machine
    first, last = asyncio.run(stopped("print('on', flush=True)\nwhile True:\n    pass"))
    assert first == {"printed": "on\n"}
    assert last["ending"] == "stopped"
    assert re.fullmatch(r"Stopped in line [23] of Block 1\.", last["trouble"])
    monkeypatch.undo()
    deaf = "import signal\nsignal.signal(2, lambda *_: None)\n"
    deaf += "print('on', flush=True)\nwhile True: pass"
    started = time.monotonic()
    assert asyncio.run(stopped(deaf))[1]["trouble"] == "Stopped."
    assert time.monotonic() - started < running.LIMITS.seconds - 5


def test_a_run_that_is_stopped_at_once_is_not_tried_again_without_a_sandbox(me):
    run = Run(me, [(1, "print('ran')")])
    run.end()
    last = asyncio.run(pieces_of(run))[-1]
    assert (last["ending"], last["trouble"], last["notes"]) == ("stopped", "Stopped.", [])


def test_a_run_whose_page_is_gone_ends(me):
    async def gone():
        run = Run(me, [(1, "print('on', flush=True)\nwhile True: pass")])
        async with asyncio.timeout(60):
            async for _ in run.pieces():
                break
            await run.pieces().aclose()
        return run

    run = asyncio.run(gone())
    assert run._process is None  # its thread has come to its end


@pytest.mark.slow
def test_a_page_has_one_run_and_all_pages_two(me):
    site = LiveSite(courses.load(), me.journey, Path())

    async def several():
        def start(page):
            text = f"print({page!r}, flush=True)\nwhile True: pass"
            return site.run({"page": page, "blocks": [text]})

        one, two = start("a"), start("b")
        await anext(one), await anext(two)
        refused = json.loads(await anext(start("c")))
        again = start("a")
        assert json.loads(await anext(again)) == {"printed": "a\n"}
        ended = [json.loads(each) async for each in one][-1]
        for each in ("a", "b", "nobody"):
            site.stop({"page": each})
        rest = [[json.loads(each) async for each in run][-1]["ending"] for run in (again, two)]
        return refused, ended, rest

    refused, ended, rest = asyncio.run(several())
    assert "stop one of them first" in refused["trouble"]
    assert (ended["ending"], rest) == ("stopped", ["stopped", "stopped"])
    assert site._runs == {}


@pytest.mark.parametrize("blocks", [None, [], "x", [1], ["x"] * 101, ["x" * 70_000]])
def test_anything_but_a_list_of_blocks_is_refused(blocks):
    with pytest.raises(UsageError):
        numbered({"blocks": blocks})


def test_without_pytorch_its_blocks_are_left_out_and_refused(monkeypatch):
    blocks = ["x = 1", "import torch", "print(x)"]
    monkeypatch.setattr("undergrad.extras.find_spec", lambda _: None)
    assert runnable({"blocks": blocks}) == [(1, "x = 1"), (3, "print(x)")]
    with pytest.raises(UsageError, match="This block needs PyTorch"):
        runnable({"blocks": blocks[:2]})


# What a block may try, and what it prints or how it ends then.
ATTACKS = {
    "read a solution": ("print(open({solution!r}).read())", "FileNotFoundError"),
    "write into the journey": ("open({journey!r} + '/x', 'w')", "Read-only file system"),
    "use the network": (
        "import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=2)",
        "OSError|Connection|unreachable",
    ),
    "end the server": ("import os\nos.kill({pid}, 9)", "ProcessLookupError|Permission"),
    "run forever": ("while True: pass", "more than 1 second"),
    "run forever in spite of all": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "more than 1 second",
    ),
    "print without end": ("while True: print('x' * 1000)", "more than a page can hold"),
    "take all memory": (
        "x = [bytearray(1 << 28) for _ in range(1000)]",
        "MemoryError|more than 1 second",
    ),
    "fork without end": (
        "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
        "more than 1 second|ended before",
    ),
    "leave a process": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(999)\nprint('left')",
        "left",
    ),
    "speak for the sandbox": (
        "import os\nfor n in range(3, 20):\n    try: os.write(n, b'\\0' * 64)\n"
        "    except OSError: pass\nprint('wrote')",
        "wrote|ended before",
    ),
    "send a picture that is none": (
        "import sys, matplotlib.figure as f, matplotlib.pyplot as p\n"
        "f.Figure.savefig = lambda self, file, **_: file.write(b'<svg onload=alert(1)>')\n"
        "p.plot([1])",
        "ended before",
    ),
    "colours and turned text": ("print('\\x1b[31mred\\u202e')", "red"),
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the layers are those of Linux")
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_over_and_has_done_nothing(name, me, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    text, wanted = ATTACKS[name]
    most = 60.0 if "matplotlib" in text else 1.0  # which takes its time to be imported
    monkeypatch.setattr(
        running, "LIMITS", running.replace(running.LIMITS, seconds=most, total=most)
    )
    monkeypatch.setattr(running, "_MEMORY_WITH_TORCH", 1 << 30)
    solution = courses.unit_folder(UNIT) / "solution.py"
    values = {
        "solution": str(solution),
        "journey": str(me.journey.root),
        "port": 9,
        "pid": os.getpid(),
    }
    for key, value in values.items():
        text = text.replace(f"{{{key}!r}}", repr(value)).replace(f"{{{key}}}", str(value))
    found = end(me, text)
    said = " ".join((found.get("printed", ""), found["trouble"], found.get("traceback", "")))
    assert any(each in said for each in wanted.split("|")), found
    assert "\x1b" not in said and "\u202e" not in said and not found.get("pictures")
    assert len(said) < 100_000
    assert not [each for each in tmp_path.iterdir() if each.name.startswith("undergrad-")]
    assert not left_by(tmp_path)
    assert not (me.journey.root / "x").exists()


@pytest.mark.slow
@pytest.mark.parametrize("unit", gate.runnable(), ids=lambda unit: unit.id)
def test_every_block_of_every_lesson_prints_what_the_page_shows(unit, me, monkeypatch):
    monkeypatch.setattr(running, "LIMITS", running.replace(running.LIMITS, seconds=200, total=200))
    blocks = gate.blocks(unit)
    sent = runnable({"blocks": [*(each.code for each in blocks), "pass"]})[:-1]
    for index in (len(sent) // 2, len(sent) - 1):
        number, _ = sent[index]
        found = asyncio.run(pieces_of(Run(me, sent[: index + 1])))[-1]
        assert found["ending"] == "done", found
        if (prints := blocks[number - 1].prints) is not None:
            assert found["printed"].rstrip() == prints.rstrip(), f"block {number}"
