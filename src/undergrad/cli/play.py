"""`play`: watch what an agent has learnt, in a window or as a clip."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.context import journey_option, json_option, print_json, stderr, stdout
from undergrad.cli.run_places import find_run, one_thread, runs_of
from undergrad.errors import UsageError

if TYPE_CHECKING:
    from undergrad.rl.run.play import Player


@click.command("play")
@click.argument("run")
@click.option("--seed", type=click.IntRange(0), help="Whose agent; the first seed's when left out.")
@click.option("--episodes", type=click.IntRange(1, 100), default=1, help="How many; 1.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a clip (.webp) there instead of opening a window.",
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
    from undergrad.cli import own_engine
    from undergrad.rl.run import play, window

    if out is not None and out.suffix != ".webp":
        raise UsageError(f"A clip is a .webp file, and {out.name} is not: name it so.")
    place, runs = runs_of(journey)
    folder = find_run(runs, run)
    with own_engine.around(folder, place)():
        player = play.player(folder, seed)
        starts = player.starts(episodes)
        returns = None
        if out is None and not as_json and window.has_screen():
            returns = _in_window(player, starts)
        clip = None
        if returns is None:
            clip = out or folder / f"seed-{player.seed}" / "play.webp"
            returns = _as_clip(player, starts, clip)
    if as_json:
        print_json({"run": folder.name, "seed": player.seed, "returns": returns, "clip": str(clip)})
        return
    for number, earned in enumerate(returns, 1):
        stdout().print(f"Episode {number}: return {earned:g}")
    if clip is not None:
        stdout().print(f"Clip: {clip}", soft_wrap=True)


def _in_window(player: "Player", starts: list[int]) -> list[float] | None:
    """The returns of the episodes that were watched; None when no window can be opened."""
    from undergrad.rl.run import scene, window

    try:
        pygame = window.open_window(player.task.title)
    except OSError as error:
        stderr().print(f"No window can be opened ({error}), so here is a clip.")
        return None
    stderr().print("Close the window, or press q, to stop.")
    with scene.stage(player.task.world) as env:
        shown = scene.episodes(env, player.policy, starts)
        return window.show(pygame, shown, scene.frames_per_second(env))


def _as_clip(player: "Player", starts: list[int], path: Path) -> list[float]:
    from undergrad.rl.run.clip import film
    from undergrad.run_folder import writing

    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        return film(player.policy, player.task.world, starts, path)
