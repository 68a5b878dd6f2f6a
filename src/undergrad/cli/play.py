"""`play`: watch what an agent has learned, in a window or as a clip."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli import own_engine
from undergrad.cli.context import GivenPath, journey_option, json_option, print_json
from undergrad.cli.runs import find_run, one_thread, runs_folder
from undergrad.cli.terminal import say, short_path
from undergrad.errors import UsageError
from undergrad.files import STDOUT, refuse_foreign_file

if TYPE_CHECKING:
    from undergrad.rl.run.play import Player


@click.command("play")
@click.argument("run")
@click.option("--seed", type=click.IntRange(0), metavar="N", help="Whose agent; the first one's.")
@click.option(
    "--episodes", type=click.IntRange(1, 100), metavar="N", default=1, help="How many; 1."
)
@click.option(
    "--out",
    type=GivenPath(),
    metavar="FILE",
    help="Write a clip (.webp) there instead of opening a window; - is standard output.",
)
@json_option
@journey_option
def play_command(
    run: str,
    seed: int | None,
    episodes: int,
    out: Path | None,
    as_json: bool,
    journey: Path | None,
) -> None:
    """Watch a trained agent play: in a window, or as a clip where there is no screen.

    RUN is a name from `undergrad runs`, or a folder. The episodes are those it was judged by.
    """
    one_thread()
    from undergrad.rl.run import play, render

    if out is not None and out != STDOUT:
        if out.suffix != ".webp":
            raise UsageError(f"A clip is a .webp file, and {out.name} is not: change its name.")
        refuse_foreign_file(out, render.CLIP)  # before minutes of playing
    me, runs = runs_folder(journey)
    found = find_run(runs, run)
    with own_engine.engine_of(found, me)():
        player = play.player(found, seed)
        starts = player.starts(episodes)
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
