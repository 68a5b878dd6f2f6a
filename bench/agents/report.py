"""What is written down: three tables, and the page that holds them."""

from __future__ import annotations

from collections.abc import Sequence

from bench.agents.measured import PENDULUM_STEPS, STEPS, TURNS, Race, Row, median
from bench.agents.settings import BUDGET, EPISODES, EVALUATE_EVERY, LINE
from bench.report import table


def speed_table(rows: Sequence[Row]) -> str:
    """Environment steps a second, everything counted."""
    titles = "beside", "ours", "theirs", "ratio", "by the wall", "wanted", "memory, MB", "theirs"
    return table(
        titles,
        (
            (
                row.title,
                f"{1 / row.ours.cpu:,.0f}",
                f"{1 / row.theirs.cpu:,.0f}",
                f"**{row.ratio:.2f}**",
                f"{row.by_wall:.2f}",
                f"{row.wanted:.1f}",
                f"{row.ours.memory:.0f}",
                f"{row.theirs.memory:.0f}",
            )
            for row in rows
        ),
    )


def sweep_table(sweep: Sequence[tuple[int, float]]) -> str:
    """Steps a second against the number of environments."""
    titles = ("environments", *(str(n) for n, _ in sweep))
    return table(titles, [("steps a second", *(f"{speed:,.0f}" for _, speed in sweep))])


def race_table(race: Race) -> str:
    """Who reached the line, and after how many seconds of training."""
    return table(
        ("agent", "seeds", "reached the line", "median seconds", "fastest", "slowest that did"),
        [_racer("ours", race.ours), _racer("Stable-Baselines3", race.theirs)],
    )


def _racer(name: str, times: Sequence[float | None]) -> tuple[str, ...]:
    reached = [t for t in times if t is not None]
    middle = median(list(times))
    shown = f"{middle:.1f}" if middle < float("inf") else "never"
    ends = (f"{min(reached):.1f}", f"{max(reached):.1f}") if reached else ("-", "-")
    return name, str(len(times)), str(len(reached)), shown, *ends


def page(
    about: Sequence[tuple[str, str]],
    rows: Sequence[Row],
    pendulum: Sequence[Row],
    sweep: list[tuple[int, float]],
    race: Race,
) -> str:
    parts = (
        OPENING,
        table(("property", "measured on"), about),
        "## Steps a second",
        SPEED,
        speed_table(rows),
        "## Actions that are numbers",
        PENDULUM,
        speed_table(pendulum),
        "## Against the number of environments",
        SWEEP,
        sweep_table(sweep),
        "## Time until it plays well",
        RACE,
        race_table(race),
    )
    return "\n\n".join(parts) + "\n"


OPENING = """\
# Agents, measured

This page compares our DQN on CartPole with two that many people use. `make bench-rl` repeats all \
of it and writes this page again; it needs PyTorch and Stable-Baselines3, and says how to get \
them. On another machine the times differ, and the ratios differ less."""

SPEED = f"""\
The table shows environment steps per second with everything counted: environments, acting, replay \
and learning. Both sides of a row have the same network, batch size and number of updates per \
step, and one thread each. They take turns of {STEPS:,} steps; the median of {TURNS} turns counts, \
by the processor's clock. Ours steps several environments with one forward pass, which is where \
much of the gain comes from; theirs step one, as published. We use 8 of them beside \
Stable-Baselines3 and 10 beside CleanRL unless the row names another number; updates then come in \
larger groups, with the same number per step. In rows named *in its world* ours plays \
`undergrad/CartPole-v1`, which steps all carts at once in array code. It is the same game: a test \
compares it step by step, to the last bit, with Gymnasium's CartPole-v1, which the peers and all \
other rows play. *Memory* is the peak beyond what the imports took. CleanRL is not a package, so \
its loop is repeated in `bench/agents/peers.py`, with the settings of its `dqn.py`."""

PENDULUM = f"""\
SAC and TD3 on Gymnasium's Pendulum-v1, with one update for each step on both sides and the same \
networks and batches; turns have {PENDULUM_STEPS:,} steps. In small networks what surrounds the \
products of matrices takes most of the time, and there ours gains most. In networks of 256 the \
products themselves do, which both sides leave to the same kind of library."""

SWEEP = """\
The Zoo's settings, with one update for every two steps throughout: more environments share a \
forward pass, and the updates follow in larger groups."""

RACE = f"""\
Each side has its own settings: ours the preset `cartpole`, Stable-Baselines3 the Zoo's. Every \
{EVALUATE_EVERY:,} of at most {BUDGET:,} steps, {EPISODES} greedy episodes are played; the line is \
a mean return of {LINE}. The seconds are those of training alone, with one thread each, without \
the evaluation episodes."""
