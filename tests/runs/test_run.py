"""Run folders are read as far as they go."""

import json
from pathlib import Path
from typing import Any

import pytest

from undergrad.runs import list_runs

_RUN: dict[str, Any] = {
    "version": 1, "preset": "cartpole", "title": "CartPole", "kind": "reinforcement",
    "state": "finished", "started": "2026-01-02T10:00:00+00:00", "seconds": 61.5,
    "line": "475 over 100 episodes", "verdict": "pass", "summary": "All is well.",
    "seeds": [{"seed": 3, "verdict": "pass", "score": 500, "std": 0.0, "steps": 50000,
               "seconds": 60, "folder": "seed-3"}],
    "settings": {"gamma": 0.99}, "undergrad": "0.1.0", "cores": 2,
    "plots": ["returns"], "clips": ["before.webp"],
}  # fmt: skip


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


def _write(runs: Path, name: str, content: Any) -> None:
    (runs / name).mkdir()
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    (runs / name / "run.json").write_bytes(text)


def test_a_whole_run(runs: Path) -> None:
    _write(runs, "cartpole-1", _RUN)
    (run,) = list_runs(runs)
    assert (run.id, run.preset, run.verdict, run.seconds) == (
        "cartpole-1",
        "cartpole",
        "pass",
        61.5,
    )
    (seed,) = run.seeds
    assert (seed.seed, seed.score, seed.steps) == (3, 500.0, 50000)
    assert seed.folder == runs.absolute() / "cartpole-1" / "seed-3"
    assert (run.plots, run.clips, run.settings) == (("returns",), ("before.webp",), {"gamma": 0.99})


def test_newest_first(runs: Path) -> None:
    for day in (2, 3, 1):
        _write(runs, f"r{day}", {**_RUN, "started": f"2026-01-0{day}T10:00:00+00:00"})
    assert [run.id for run in list_runs(runs)] == ["r3", "r2", "r1"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'"run"'],
    ids=["empty", "cut", "list", "null", "bytes", "deep", "text"],
)
def test_what_is_not_a_run_is_left_out(runs: Path, content: bytes) -> None:
    _write(runs, "bad", content)
    _write(runs, "good", _RUN)
    (runs / "empty").mkdir()
    (runs / "file").write_text("x")
    (runs / "odd").mkdir()
    (runs / "odd" / "run.json").mkdir()
    assert [run.id for run in list_runs(runs)] == ["good"]


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        ({"seconds": "long"}, "seconds", 0.0),
        ({"seconds": float("nan")}, "seconds", 0.0),
        ({"verdict": None}, "verdict", None),
        ({"title": 7}, "title", "half"),
        ({"seeds": None}, "seeds", ()),
        ({"seeds": [1, "x"]}, "seeds", ()),
        ({"settings": []}, "settings", {}),
        ({"plots": ["../../etc/passwd", "a/b", "", 3, "fine"]}, "plots", ("fine",)),
        ({"clips": ["/x.webp", ".."]}, "clips", ()),
        ({"state": ""}, "state", "interrupted"),
    ],
)
def test_half_written_fields(runs: Path, change: dict[str, Any], name: str, value: object) -> None:
    _write(runs, "half", {**_RUN, **change})
    (run,) = list_runs(runs)
    assert getattr(run, name) == value


def test_a_seed_folder_stays_inside_the_run(runs: Path) -> None:
    for name in ("../../secret", "/etc", "..", "."):
        seeds = [{"seed": 1, "folder": name}]
        _write(runs, f"r{abs(hash(name))}", {**_RUN, "seeds": seeds})
    for run in list_runs(runs):
        assert run.seeds[0].folder.parent == run.folder
        assert run.seeds[0].folder.name not in ("..", ".")


def test_no_runs_folder(runs: Path) -> None:
    runs.rmdir()
    assert list_runs(runs) == ()
