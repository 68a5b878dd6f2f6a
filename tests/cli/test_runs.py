"""`runs compare` and `play`, as a person meets them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.runs.on_disk import resume, start

from undergrad.cli.app import cli
from undergrad.errors import UsageError
from undergrad.rl.run import preset, render

SHORT = {
    "steps": "300",
    "hidden_sizes": "8",
    "batch_size": "16",
    "learning_starts": "60",
    "evaluate_every": "150",
    "evaluation_episodes": "2",
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder that is not a journey with two runs in it."""
    folder = tmp_path_factory.mktemp("trained")
    for seeds in ([0], [1]):
        task = preset.load("cartpole").with_settings(SHORT | {"n_envs": str(1 + seeds[0])})
        resume(start(task, folder / "runs", seeds))
    return folder


@pytest.fixture
def at(trained, monkeypatch):
    monkeypatch.chdir(trained)
    monkeypatch.delenv("UNDERGRAD_JOURNEY", raising=False)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(render.sys, "platform", "linux")
    return sorted(path.name for path in (trained / "runs").iterdir() if path.is_dir())


def undergrad(*words, code=0):
    done = CliRunner().invoke(cli, words, standalone_mode=False)
    if isinstance(done.exception, UsageError):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.stdout


def test_compare_says_and_draws(at, trained):
    said = undergrad("runs", "compare", *at)
    assert said.count("0 of 1") == 2
    assert "n_envs: 1 | 2" in said
    assert (trained / "runs" / "comparison.svg").exists()
    data = json.loads(undergrad("runs", "compare", *at, "--json", "--out", "other"))
    assert [row["run"] for row in data["runs"]] == at
    assert data["settings"]["n_envs"] == [1, 2]
    assert all(Path(path).exists() for path in data["plots"])


def test_a_wrong_name_gets_the_nearest(at):
    with pytest.raises(UsageError, match="did you mean `cartpole-2"):
        undergrad("runs", "compare", at[0][:-1])


def test_without_a_screen_a_clip_is_written(at, trained):
    said = undergrad("play", at[0], "--episodes", "2")
    assert said.count("return") == 2
    assert (trained / "runs" / at[0] / "seed-0" / "play.webp").exists()
    data = json.loads(undergrad("play", at[1], "--json", "--out", "folder/mine.webp"))
    assert (data["seed"], data["clip"]) == (1, "folder/mine.webp")
    assert Path("folder/mine.webp").read_bytes()[8:12] == b"WEBP"


def test_with_a_screen_a_window_is_opened(at, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setattr("undergrad.rl.run.render.frames_per_second", lambda env: 10_000)
    said = undergrad("play", at[0])
    assert "Episode 1: return" in said
    assert "Clip" not in said


def test_a_screen_that_refuses_gives_a_clip(at, monkeypatch):
    def refuse(title):
        raise OSError("no such display")

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(render, "open_window", refuse)
    assert "Clip: " in undergrad("play", at[0])


@pytest.mark.parametrize(
    ("words", "said"), [(("--out", "a.mp4"), "webp"), (("--seed", "5"), "has no seed 5")]
)
def test_what_cannot_be_played_is_named(at, words, said):
    with pytest.raises(UsageError, match=said):
        undergrad("play", at[0], *words)


def test_a_run_of_a_network_cannot_be_played(at, trained):
    old = Path(__file__).parents[1] / "runs" / "old" / "moons"
    with pytest.raises(UsageError, match="moons is a supervised run, and this needs a rein"):
        undergrad("play", str(old))


def test_diagnose_names_what_it_finds_for_each_seed(at, trained):
    path = trained / "runs" / at[0] / "seed-0" / "log.jsonl"
    kept = path.read_text()
    try:
        assert "Nothing known stands out." in undergrad("diagnose", at[0])
        rows = [
            {"kind": "evaluation", "step": 100 * i, "return": r, "std": 0.0}
            for i, r in enumerate((9, 500, 9, 9, 9))
        ]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        said = undergrad("diagnose", at[0])
        assert "collapse after solving: It met the line at step 100" in said
        assert "Try: Keep more of the old failures" in said
        (seed,) = json.loads(undergrad("diagnose", at[0], "--json"))["seeds"]
        assert seed["findings"][0]["name"] == "collapse after solving"
    finally:
        path.write_text(kept)
