"""Run folders are read as far as they go."""

import json
from typing import Any

import pytest

from undergrad.journey import Journey
from undergrad.journey.runs import list_runs

_RUN: dict[str, Any] = {
    "version": 1, "preset": "cartpole", "title": "CartPole", "kind": "reinforcement",
    "state": "finished", "started": "2026-01-02T10:00:00+00:00", "seconds": 61.5,
    "line": "475 over 100 episodes", "verdict": "pass", "summary": "All is well.",
    "seeds": [{"seed": 3, "verdict": "pass", "score": 500, "std": 0.0, "steps": 50000,
               "seconds": 60, "folder": "seed-3"}],
    "settings": {"gamma": 0.99}, "undergrad": "0.1.0", "cores": 2,
    "plots": ["returns"], "clips": ["before.webp"],
}  # fmt: skip


def _write(journey: Journey, name: str, content: Any) -> None:
    (journey.runs / name).mkdir()
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    (journey.runs / name / "run.json").write_bytes(text)


def test_a_whole_run(journey: Journey) -> None:
    _write(journey, "cartpole-1", _RUN)
    (run,) = list_runs(journey)
    assert (run.id, run.preset, run.verdict, run.seconds) == (
        "cartpole-1",
        "cartpole",
        "pass",
        61.5,
    )
    (seed,) = run.seeds
    assert (seed.seed, seed.score, seed.steps) == (3, 500.0, 50000)
    assert seed.folder == journey.runs.absolute() / "cartpole-1" / "seed-3"
    assert (run.plots, run.clips, run.settings) == (("returns",), ("before.webp",), {"gamma": 0.99})


def test_newest_first(journey: Journey) -> None:
    for day in (2, 3, 1):
        _write(journey, f"r{day}", {**_RUN, "started": f"2026-01-0{day}T10:00:00+00:00"})
    assert [run.id for run in list_runs(journey)] == ["r3", "r2", "r1"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'"run"'],
    ids=["empty", "cut", "list", "null", "bytes", "deep", "text"],
)
def test_what_is_no_run_is_left_out(journey: Journey, content: bytes) -> None:
    _write(journey, "bad", content)
    _write(journey, "good", _RUN)
    (journey.runs / "empty").mkdir()
    (journey.runs / "file").write_text("x")
    (journey.runs / "odd").mkdir()
    (journey.runs / "odd" / "run.json").mkdir()
    assert [run.id for run in list_runs(journey)] == ["good"]


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
def test_half_written_fields(
    journey: Journey, change: dict[str, Any], name: str, value: object
) -> None:
    _write(journey, "half", {**_RUN, **change})
    (run,) = list_runs(journey)
    assert getattr(run, name) == value


def test_a_seed_folder_stays_inside_the_run(journey: Journey) -> None:
    for name in ("../../secret", "/etc", "..", "."):
        seeds = [{"seed": 1, "folder": name}]
        _write(journey, f"r{abs(hash(name))}", {**_RUN, "seeds": seeds})
    for run in list_runs(journey):
        assert run.seeds[0].folder.parent == run.folder
        assert run.seeds[0].folder.name not in ("..", ".")


def test_no_runs_folder(journey: Journey) -> None:
    journey.runs.rmdir()
    assert list_runs(journey) == ()
