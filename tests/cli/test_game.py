"""`undergrad play` and a board game: moves and keys as lines, sentences, JSON, a drawing."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tests.runs.on_disk import resume, start

from undergrad.cli import game as game_command
from undergrad.cli import play as play_command
from undergrad.cli.app import cli
from undergrad.errors import UsageError
from undergrad.rl.games import GAMES, draw
from undergrad.rl.run import play, preset
from undergrad.runs import Run


@pytest.fixture(autouse=True)
def quick(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UNDERGRAD_JOURNEY", raising=False)
    monkeypatch.setattr(play_command, "UCT_SIMULATIONS", 30)


def undergrad(*words, typed=""):
    done = CliRunner().invoke(cli, ["play", *words], input=typed, standalone_mode=False)
    if isinstance(done.exception, UsageError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done


def test_moves_are_answered_in_sentences_and_the_board_comes_last():
    said = undergrad("connect3", typed="1\n2\n").stdout
    assert said.startswith("3 in a line win. You are X, UCT is O.")
    assert said.index("You play 1.") < said.index("The agent plays") < said.index("You play 2.")
    assert said.count("simulations: value") == 2
    board = said.splitlines()[-7:]
    assert sum(line.count("X") for line in board) == sum(line.count("O") for line in board) == 2


def test_a_whole_game_is_watched_as_json():
    done = undergrad("tictactoe", "--json", typed="5\nw\nh\n")
    data = json.loads(done.stdout)
    assert data["moves"][0] == 5
    assert data["over"]
    assert (data["winner"] is None) == ("A draw" in done.stderr)
    assert data["line"] is None


def test_the_json_of_a_game_that_goes_on_has_what_the_search_found():
    data = json.loads(undergrad("connect4-small", "--json", typed="3\n").stdout)
    assert sum(data["visits"]) == 30
    assert data["line"][0] == 1 + data["visits"].index(max(data["visits"]))
    assert (data["you"], data["winner"], data["over"]) == ("first", None, False)


def test_keys():
    """Undo, hint and sides: after `s` the agent moves, since it has the first player now."""
    data = json.loads(undergrad("connect4-small", "--json", typed="1\nu\n2\n").stdout)
    assert data["moves"][0] == 2
    data = json.loads(undergrad("connect4-small", "--json", typed="s\n").stdout)
    assert (len(data["moves"]), data["you"]) == (1, "second")
    data = json.loads(undergrad("connect4-small", "--json", typed="1\nn\n").stdout)
    assert data["moves"] == []
    said = undergrad("connect4-small", typed="h\n?\nq\n5\n").stdout
    assert "In your place the agent would play" in said
    assert "undo your last move" in said
    assert "You play 5" not in said


def test_the_same_seed_plays_the_same_game():
    typed = "2\nw\n"
    one, same, other = (
        json.loads(undergrad("tictactoe", "--json", "--seed", seed, typed=typed).stdout)
        for seed in ("3", "3", "4")
    )
    assert one == same
    assert one["moves"] != other["moves"]


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (["tictacto"], "", "There is no run `tictacto`: did you mean `tictactoe`"),
        (["connect4", "--out", "board.webp"], "", "a .svg file, and board.webp is not"),
        (["connect4", "--episodes", "2"], "", "one game after the other .* leave out --episodes"),
    ],
)
def test_what_is_wrong_is_one_sentence(words, typed, said):
    with pytest.raises(UsageError, match=said):
        undergrad(*words, typed=typed)


@pytest.mark.parametrize(
    ("game", "typed", "said", "moves"),
    [
        ("connect4", "8\n3\n", "There is no column 8", 2),
        ("connect4-small", "0\n3\n", "There is no column 0", 2),
        ("tictactoe", "5\n5\nw\n", "The cell 5 is taken", 5),
        ("tictactoe", "u\n1\n", "no move of yours", 2),
        ("connect3", "w\n1\n", "The game is over", 5),
    ],
)
def test_a_move_that_cannot_be_played_is_one_sentence_and_the_game_goes_on(
    game, typed, said, moves
):
    """The exit code is 1 at the end, so that a script notices."""
    done = CliRunner().invoke(cli, ["play", game, "--json"], input=typed)
    assert done.exit_code == 1
    assert done.stderr.count(said) == 1
    assert len(json.loads(done.stdout)["moves"]) >= moves


def test_the_last_board_is_drawn_and_nothing_else_is_overwritten():
    undergrad("connect3", "--out", "board.svg", typed="1\n")
    assert draw.DRAWING.match(Path("board.svg").read_bytes())
    undergrad("connect3", "--out", "board.svg", typed="2\n")  # an earlier one is replaced
    Path("other.svg").write_text("<svg>mine</svg>")
    with pytest.raises(UsageError, match="exists already"):
        undergrad("connect3", "--out", "other.svg", typed="1\n")


def test_in_a_terminal_the_board_is_drawn_and_mistakes_are_forgiven(monkeypatch):
    monkeypatch.setattr(play_command, "is_interactive", lambda: True)
    monkeypatch.setattr(game_command, "is_interactive", lambda: True)
    said = undergrad("tictactoe", typed="5\n5\nh\nw\nq\n").output
    assert "The cell 5 is taken" in said
    assert said.count("   7   8   9") >= 1
    assert "%" in said
    assert "n, u, s or q" in said


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A short run of AlphaZero, in a folder of its own."""
    settings = {"steps": "600", "evaluate_every": "600", "hidden_sizes": "16", "log_every": "600"}
    task = preset.load("tictactoe-zero").with_settings(settings | {"evaluation_episodes": "50"})
    folder = start(task, tmp_path_factory.mktemp("zero") / "runs", [2])
    resume(folder)
    return folder


def test_an_agent_of_a_run_plays(run):
    data = json.loads(undergrad(str(run), "--json", typed="5\n").stdout)
    assert data["agent"] == run.name
    assert len(data["moves"]) == 2
    assert sum(data["visits"]) == 32
    assert -1 <= data["value"] <= 1
    with pytest.raises(UsageError, match="has no seed 7, only 2"):
        undergrad(str(run), "--seed", "7")


def test_a_run_of_a_game_is_judged_on_positions_and_plays_without_episodes(run):
    done = CliRunner().invoke(cli, ["evaluate", str(run), "--episodes", "40"])
    assert re.search(r"± \S+ over 40 positions", done.stdout)
    with pytest.raises(UsageError, match="leave out --episodes"):
        undergrad(str(run), "--episodes", "1")


def test_it_plays_as_it_was_judged(run):
    """The advice is the action that the agent chose for the labelled positions."""
    who = play.player(Run.read(run))
    game = GAMES["tictactoe"]
    for moves in ([], [4], [0, 4], [0, 4, 8, 2], [1, 2, 3]):
        position = game.after(moves)
        advice, action = who.advisor(position), who.policy(np.stack(position, axis=1))[0]
        assert advice.action == action
        assert advice.visits[action] == advice.visits.max()
