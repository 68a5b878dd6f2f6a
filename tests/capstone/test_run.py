"""The full check on the tiny project: what runs, what is refused, and what is left behind."""

import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from tests.sample import one_in

from undergrad import capstone
from undergrad.capstone.execute import run_python
from undergrad.capstone.metric import (
    Claim,
    compare,
    interval,
    read_claim,
    recompute,
    result_problems,
)
from undergrad.capstone.notebook import Cell
from undergrad.capstone.project import read_project
from undergrad.capstone.report import Problem
from undergrad.capstone.tests import own_tests, own_work

USES_MODEL = [Cell(1, "code", "import model")]


def find(report, id):
    return next(item for item in report.criteria if item.id == id)


def snapshot(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_complete_project_passes_and_stays_byte_for_byte(project):
    before = snapshot(project)
    report = capstone.check(project)
    assert report.verdict == "publishable", report
    assert report.points == report.possible
    assert {item.state for item in report.criteria} == {"ok"}
    assert report.metric.recomputed == pytest.approx(0.81)
    assert report.metric.seeds == (("0", 0.8), ("1", 0.82), ("2", 0.81))
    assert snapshot(project) == before


BREAKS = {
    "cell-error": "x = 1 / 0",
    "cell-timeout": "while True: pass",
    "dead-kernel": "import os\nos._exit(3)",
    "asks-for-input": "input('name?')",
    "too-much-output": "for _ in range(3000): print('x' * 10_000)",
}


@pytest.mark.parametrize("name", one_in(2, BREAKS))
def test_a_notebook_that_cannot_finish_is_a_named_failure(name, project, rewrite):
    rewrite("y = 1", BREAKS[name])
    toml = project / "capstone.toml"
    toml.write_text(toml.read_text().replace("cell-seconds = 20", "cell-seconds = 3"))
    before = snapshot(project)
    report = capstone.check(project)
    (problem,) = find(report, "run").problems
    assert problem.name == name
    assert problem.where.startswith("cell 5 (notebook.py line")
    assert problem.todo
    assert not report.passed
    assert report.metric is None
    assert snapshot(project) == before


def test_the_network_is_off_and_the_machine_itself_is_not(rewrite, good_cell):
    project = rewrite(
        good_cell,
        "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname()).close()",
        "import urllib.request\nurllib.request.urlopen('http://192.0.2.1/')",
    )
    (problem,) = find(capstone.check(project), "run").problems
    assert problem.where.startswith("cell 7")
    assert "offline" in problem.message or "127.0.0.1:9" in problem.message


SLEEPER = f"sleep 6{os.getpid():09d}"  # of this test run alone
START = f"""
import subprocess
subprocess.Popen({SLEEPER.split()!r}, start_new_session=True)
"""


def sleepers():
    """Process ids of what a notebook of this test run started."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # ended meanwhile
            if entry.read_bytes().split(b"\0")[:-1] == SLEEPER.encode().split():
                found.append(entry.parent.name)
    return found


def test_what_a_notebook_starts_ends_with_it(rewrite, good_cell):
    assert find(capstone.check(rewrite(START, good_cell)), "run").state == "ok"
    assert not sleepers()


def test_sigterm_during_the_check_leaves_no_process_and_no_copy(rewrite, tmp_path):
    scratch, started = tmp_path / "scratch", tmp_path / "started"
    scratch.mkdir()
    os.mkfifo(started)
    project = rewrite(START, f"open({str(started)!r}, 'w').write('x')\nwhile True: pass")
    check = (
        "from pathlib import Path; from undergrad import capstone; "
        f"capstone.check(Path({str(project)!r}))"
    )
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with (
        open(os.open(started, os.O_RDONLY | os.O_NONBLOCK), "rb") as pipe,
        subprocess.Popen(
            [sys.executable, "-c", check], env=environment, stdout=subprocess.PIPE
        ) as process,
    ):
        # The output ends with the check, should that be before its notebook says that it runs.
        ready, _, _ = select.select([pipe, process.stdout], [], [])
        assert ready == [pipe]
        assert sleepers()
        process.terminate()
    assert process.returncode == 128 + signal.SIGTERM
    assert not sleepers()
    assert not list(scratch.iterdir())


def test_a_run_that_reaches_into_the_original_is_seen(project, rewrite, good_cell):
    target = project / "stray.txt"
    rewrite(good_cell, f"open({str(target)!r}, 'w').write('x')")
    problems = find(capstone.check(project), "run").problems
    assert [p.name for p in problems] == ["reached-out"]


def test_escapes_in_an_error_do_not_reach_the_report(rewrite):
    report = capstone.check(rewrite("raise ValueError('\\x1b[2Jgone\\u202e')"))
    (problem,) = find(report, "run").problems
    assert problem.message == "ValueError: gone"


GOOD = {"value": 0.81, "seeds": {"0": 0.8, "1": 0.82, "2": 0.81}, "baseline": 0.4}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, None),
        ({"value": 0.8100005}, None),
        ({"seeds": {"0": 0.8, "1": 0.82, "2": 0.91}}, "claim-differs"),
        ({"value": 0.82}, "value-differs"),
        ({"seeds": {"0": 0.8}}, "seeds-differ"),
        ({"value": float("nan")}, "bad-results"),
        ({"value": True}, "bad-results"),
        ({"seeds": {}}, "bad-results"),
        ({"seeds": [0.8]}, "bad-results"),
        ({"baseline": None}, "bad-results"),
    ],
)
def test_a_claim_beside_what_its_checkpoints_score(changes, name, project):
    path = project / "results.json"
    path.write_text(json.dumps({**GOOD, **changes}))
    found = read_claim(path)
    if isinstance(found, Problem):
        assert found.name == name
    else:
        names = [p.name for p in compare(read_project(project), found, GOOD["seeds"])]
        assert (name in names) if name else not names


def test_no_results_and_results_that_are_no_json(project):
    path = project / "results.json"
    path.unlink()
    assert read_claim(path).name == "no-results"
    path.write_text("[")
    assert read_claim(path).name == "bad-results"


def test_a_notebook_that_claims_too_much_is_not_running(rewrite, good_cell):
    claim = json.dumps({**GOOD, "value": 0.9})
    report = capstone.check(rewrite(good_cell, f"open('results.json', 'w').write({claim!r})"))
    item = find(report, "claim")
    assert report.verdict == "fail"
    assert (item.state, item.rung) == ("fail", "running")
    assert [p.name for p in item.problems] == ["value-differs"]


def test_a_stale_claim_is_no_result_and_a_better_one_is_seen(project):
    (project / "results.json").write_text(
        json.dumps({"value": 0.99, "seeds": {"0": 0.99}, "baseline": 0.1})
    )
    problems = find(capstone.check(project), "rerun").problems
    assert [p.name for p in problems] == ["rerun-differs"]


CLAIM = f"open('results.json', 'w').write({json.dumps(GOOD)!r})"
ALWAYS = "def scores():\n    return {'0': 0.8, '1': 0.82, '2': 0.81}\n"


@pytest.mark.parametrize(
    ("more", "name"), [("", "no-checkpoint"), ("open('w.npz', 'w').write('x')", "no-evidence")]
)
def test_a_claim_that_rests_on_no_file_of_the_run_is_none(more, name, project, rewrite):
    (project / "evaluate.py").write_text(ALWAYS)
    report = capstone.check(rewrite(CLAIM, more))
    assert [p.name for p in find(report, "evidence").problems] == [name]
    assert report.verdict == "fail"


def test_scores_without_a_single_seed_are_a_sentence(project, rewrite):
    (project / "evaluate.py").write_text("def scores():\n    return {}\n")
    report = capstone.check(rewrite(CLAIM))
    assert [p.name for p in find(report, "claim").problems] == ["no-scores"]
    assert report.metric is None


def test_what_a_claim_needs_is_said_before_anything_runs(project, rewrite):
    (project / "evaluate.py").unlink()
    found = find(capstone.check(rewrite("x = 1"), run=False), "evaluation")
    assert [p.name for p in found.problems] == ["no-evaluation", "no-claim"]


def test_modules_that_a_child_or_another_notebook_loads_are_seen(project, rewrite, good_cell):
    for name in ("keras", "timm"):  # stand-ins that lie where no static reader looks
        (project / "lib" / name).mkdir(parents=True)
        (project / "lib" / name / "__init__.py").write_text("import json\n")
    child = "import subprocess, sys\nsys.path.append('lib')\n"
    child += "code = 'import sys; sys.path.append(\"lib\"); import ' + 'ker' + 'as'\n"
    child += "subprocess.run([sys.executable, '-c', code], check=True)"
    hidden = "import importlib\nimportlib.import_module('mmit'[::-1])"
    found = find(capstone.check(rewrite(good_cell, child, hidden)), "loaded")
    assert [problem.subject for problem in found.problems] == ["keras", "timm"]


SLOW = """SEEDS = (0, 1, 2)
LENGTH = 10**9"""
TRAIN = """import json, os
import evaluate, model
os.makedirs("checkpoints", exist_ok=True)
for seed in SEEDS:
    weight = 0.4 + sum(0 * step for step in range(LENGTH))
    open(f"checkpoints/{seed}.json", "w").write(json.dumps(weight))
scores = evaluate.scores()
claim = {"value": sum(scores.values()) / len(scores), "seeds": scores, "baseline": 0.4}
open("results.json", "w").write(json.dumps(claim))
open("ablation.json", "w").write("{}")"""


def long_work(project, rewrite, table):
    """A project whose training takes hours, with the checkpoints that it left."""
    rewrite(f'# %% tags=["parameters"]\n{SLOW}', TRAIN)
    (project / "capstone.toml").write_text((project / "capstone.toml").read_text() + table)
    (project / "checkpoints").mkdir()
    for seed, weight in enumerate([0.4, 0.41, 0.405]):
        (project / "checkpoints" / f"{seed}.json").write_text(json.dumps(weight))


def test_verify_trains_one_small_seed_and_scores_the_saved_ones(project, rewrite):
    """Although the claim and another file of the run are both JSON, in one folder."""
    long_work(project, rewrite, "\n[verify]\nSEEDS = [0]\nLENGTH = 10\n")
    before = snapshot(project)
    report = capstone.check(project, verify=True)
    assert report.verdict == "publishable", report
    assert report.metric.seeds == (("0", 0.8), ("1", 0.82), ("2", 0.81))
    assert snapshot(project) == before


def test_verify_finds_scores_that_rest_on_no_saved_file(project, rewrite):
    long_work(project, rewrite, "\n[verify]\nSEEDS = [0]\nLENGTH = 10\n")
    (project / "evaluate.py").write_text(ALWAYS)
    report = capstone.check(project, verify=True)
    assert [p.name for p in find(report, "evidence").problems] == ["no-evidence"]


def test_verify_without_a_saved_claim_says_to_train_whole_once(project, rewrite):
    long_work(project, rewrite, "\n[verify]\nSEEDS = [0]\nLENGTH = 10\n")
    (project / "results.json").unlink()
    (problem,) = find(capstone.check(project, verify=True), "claim").problems
    assert problem.name == "no-results"
    assert problem.todo.endswith("`undergrad capstone run tiny`.")


def test_verify_without_small_values_says_so(project):
    (problem,) = find(capstone.check(project, verify=True), "run").problems
    assert (problem.name, problem.state) == ("not-shortened", "attention")
    assert "[verify]" in problem.todo


def test_minutes_are_honoured_and_too_many_are_said(project):
    toml = project / "capstone.toml"
    toml.write_text(toml.read_text().replace("minutes = 1", "minutes = 45"))
    (problem,) = find(capstone.check(project), "run").problems
    assert (problem.name, problem.state) == ("over-budget", "attention")
    assert "45 minutes" in problem.message


def test_a_gradient_check_that_the_notebook_does_not_use_is_no_own_work(project):
    (problem,) = own_work(read_project(project), [Cell(1, "code", "import evaluate")]).problems[
        :1
    ] or (None,)
    assert problem is None  # evaluate imports model
    (project / "evaluate.py").write_text(ALWAYS)
    (problem,) = own_work(
        read_project(project), [Cell(1, "code", "%time\nimport evaluate")]
    ).problems
    assert problem.name == "unused-gradcheck"
    assert "test_model.py" in problem.message


def test_an_evaluation_cannot_read_the_claim(project, tmp_path):
    (project / "evaluate.py").write_text(
        "import json\ndef scores():\n    return json.load(open('results.json'))['seeds']\n"
    )
    (project / "results.json").write_text(json.dumps(GOOD))
    assert recompute(read_project(project), project, tmp_path).name == "not-recomputed"


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([0.8, 0.82, 0.81], {}),
        ([0.8, 0.82], {"few-seeds": "fail"}),
        ([0.45, 0.46, 0.47], {"below-target": "attention"}),
        ([0.9, 0.9, 0.1], {"baseline-holds": "attention"}),
    ],
)
def test_the_result_beside_seeds_baseline_and_target(scores, expected, project):
    seeds = {str(n): score for n, score in enumerate(scores)}
    claim = Claim(sum(scores) / len(scores), 0.4, seeds)
    found = {p.name: p.state for p in result_problems(read_project(project), seeds, claim)}
    assert found == expected


@pytest.mark.parametrize(
    ("test", "name"),
    [
        ("def test_x():\n    assert 1 == 2, 'one is not two'\n", "test-failed"),
        ("import nothing_like_this\n", "no-tests"),
        ("", "no-tests"),
    ],
)
def test_own_tests_that_do_not_pass(test, name, project):
    (project / "tests" / "test_model.py").write_text(test)
    (problem,) = own_tests(project).problems
    assert problem.name == name
    assert own_work(read_project(project), USES_MODEL).state == "fail"


def test_a_process_that_never_ends_is_ended_with_its_children(tmp_path):
    code = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'while True: print(1)'])"
    ended = run_python(["-c", code], tmp_path, 1.0)
    assert ended.ending == "timeout"
    assert len(ended.output) < 100_000


def test_only_the_projects_folder_can_be_written_to(tmp_path):
    code = "open('here', 'w').close(); open('../there', 'w').close()"
    inside = tmp_path / "project"
    inside.mkdir()
    ended = run_python(["-c", code], inside, 30)
    assert (inside / "here").exists() and not (tmp_path / "there").exists()
    assert "Read-only file system" in ended.output


def test_the_runner_never_takes_modules_from_the_project(tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    assert run_python(["-P", "-c", "import json"], tmp_path, 30).code == 0


def test_the_interval_of_a_mean_is_wide_for_few_seeds():
    scores = [0.7, 0.9, 0.8, 0.85]
    assert interval(scores) == pytest.approx((0.6767, 0.9483), abs=1e-3)
    assert interval([-score for score in scores]) == pytest.approx((-0.9483, -0.6767), abs=1e-3)
    assert interval([0.5] * 3) == (0.5, 0.5) and interval([0.7]) == (0.7, 0.7)


def test_the_interval_of_three_seeds_contains_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    ends = [interval(list(row)) for row in rng.normal(size=(3000, 3))]
    assert np.mean([low <= 0 <= high for low, high in ends]) == pytest.approx(0.95, abs=0.02)
