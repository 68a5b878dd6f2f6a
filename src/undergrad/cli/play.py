"""`play`: watch what an agent has learned, in a window or as a clip; or play a game against it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli import game, own_engine
from undergrad.cli.context import GivenPath, journey_option, json_option, print_json
from undergrad.cli.runs import find_run, one_thread, runs_folder
from undergrad.cli.terminal import is_interactive, say, short_path
from undergrad.errors import UsageError
from undergrad.files import STDOUT, output, refuse_foreign_file

if TYPE_CHECKING:
    from undergrad.rl.games.base import Game
    from undergrad.rl.games.play import Advisor
    from undergrad.rl.run.play import Player

UCT_SIMULATIONS = 1_000  # random games before each move of an agent that has learned nothing


@click.command("play")
@click.argument("run")
@click.option("--seed", type=click.IntRange(0), metavar="N", help="Whose agent; the first one's.")
@click.option("--episodes", type=click.IntRange(1, 100), metavar="N", help="How many to watch; 1.")
@click.option(
    "--out",
    type=GivenPath(),
    metavar="FILE",
    help="Write a clip (.webp) there instead of opening a window, or the last board of a game "
    "(.svg); - is standard output.",
)
@json_option
@journey_option
def play_command(
    run: str,
    seed: int | None,
    episodes: int | None,
    out: Path | None,
    as_json: bool,
    journey: Path | None,
) -> None:
    """Watch a trained agent play: in a window, or as a clip where there is no screen.

    RUN is a name from `undergrad runs`, or a folder. The episodes are those it was judged by.

    An agent of a board game plays against you: in the terminal, or with moves and keys that are
    read as lines. `undergrad play connect4` needs no run: there the agent is UCT, which has
    learned nothing and tries 1,000 random games before each move.
    """
    one_thread()
    from undergrad.rl.games import GAMES, draw
    from undergrad.rl.run import play, render

    kinds = {".webp": render.CLIP, ".svg": draw.DRAWING}
    if out is not None and out.suffix in kinds:
        refuse_foreign_file(out, kinds[out.suffix])  # before minutes of playing
    if run in GAMES:
        from undergrad.rl.search.advice import uct_advisor

        _check_no_episodes(episodes)
        advisor = uct_advisor(GAMES[run], UCT_SIMULATIONS, seed or 0)
        return _against("UCT", GAMES[run], advisor, out, as_json)
    me, runs = runs_folder(journey)
    found = find_run(runs, run, tuple(GAMES))
    with own_engine.engine_of(found, me)():
        player = play.player(found, seed)
        if player.advisor is not None:
            _check_no_episodes(episodes)
            board_game = GAMES[player.preset.environment]
            return _against(found.id, board_game, player.advisor, out, as_json)
        _check_ending(out, ".webp", "A clip")
        starts = player.starts(episodes or 1)
        returns = None
        if out is None and not as_json and render.has_screen():
            returns = _in_window(player, starts)
        clip = None
        if returns is None:
            clip = out or player.seed.folder / "play.webp"
            returns = render.save_clip(player.policy, player.preset.env, starts, clip)
    if as_json:
        number = player.seed.seed
        data = {"run": found.id, "seed": number, "returns": returns, "clip": str(clip)}
        return print_json(data, err=clip == STDOUT)
    for episode, earned in enumerate(returns, 1):
        say(f"Episode {episode}: return {earned:g}", err=clip == STDOUT)
    if clip not in (None, STDOUT):
        say(f"Clip: {short_path(clip)}")


def _against(
    name: str, board_game: "Game", advisor: "Advisor", out: Path | None, as_json: bool
) -> None:
    """Play a game against an agent, and say how it was left."""
    from undergrad.rl.games import draw
    from undergrad.rl.games.play import Played

    _check_ending(out, ".svg", "The drawing of a board")
    err = as_json or out == STDOUT
    table = game.Table(advisor, name, drawn=is_interactive(), err=err)
    played, understood = game.play(table, Played(board_game))
    if out is not None:
        with output(out, draw.DRAWING) as file:
            file.write(draw.svg(board_game, played.position).encode())
    if as_json:
        advice = None if played.over else advisor(played.position)
        print_json(game.as_json(played, name, advice), err=out == STDOUT)
    if not understood:
        click.get_current_context().exit(1)


def _check_no_episodes(episodes: int | None) -> None:
    if episodes is not None:
        raise UsageError(
            "A board game is played against you, one game after the other (`n` starts the next): "
            "leave out --episodes."
        )


def _check_ending(file: Path | None, ending: str, what: str) -> None:
    if file not in (None, STDOUT) and file.suffix != ending:
        raise UsageError(f"{what} is a {ending} file, and {file.name} is not: change its name.")


def _in_window(player: "Player", starts: list[int]) -> list[float] | None:
    """The returns of the episodes that were watched; None when no window can be opened."""
    from undergrad.rl.run import render

    try:
        pygame = render.open_window(player.preset.title)
    except OSError as error:
        say(f"No window can be opened ({error}), so here is a clip.", err=True)
        return None
    say("Close the window, or press q, to stop.", err=True)
    with render.rendered(player.preset.env) as env:
        frames = render.episodes(env, player.policy, starts)
        return render.show(pygame, frames, render.frames_per_second(env))
