"""Draws the figures of `dp`, with the worked solution: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
DP = solved(load_answer_key(HERE))
ARROWS = ((0, -1), (1, 0), (0, 1), (-1, 0))  # up, right, down, left: x and y, which grows downwards


def error(figure):
    """Random steps in the four rooms: the error of each sweep, its change, and its promise."""
    P, R = DP.grid()
    pi, gamma = np.full((72, 4), 0.25), 0.99
    true, v, rows = DP.exact_value(P, R, pi, gamma), np.zeros(72), []
    for _ in range(450):
        new = DP.sweep(P, R, pi, gamma, v)
        change, v = np.abs(new - v).max(), new
        rows.append((change * gamma / (1 - gamma), np.abs(v - true).max(), change))
    axes = figure.add_subplot()
    names = ("promised", 110, 0.25), ("error", 150, 0.006), ("change", 150, 5e-5)
    for line, colour, style, (name, x, y) in zip(
        np.transpose(rows), COLOURS, ("--", "-", ":"), names, strict=False
    ):
        axes.plot(np.arange(1, 451), line, style, color=colour, linewidth=2)
        axes.annotate(name, (x, y), color=axes.xaxis.label.get_color())
    for sweep in (69, 420):
        axes.axvline(sweep, color="#888888", linewidth=0.8)
    axes.set(xlabel="sweep", ylabel="distance", yscale="log", xlim=(0, 450))


def rooms(figure):
    """Value iteration in the four rooms: values as shades, and the greedy actions as arrows."""
    (P, R), gamma = DP.grid(), 0.95
    height, width, letters = len(DP.ROOMS), len(DP.ROOMS[0]), "".join(DP.ROOMS)
    v, after = np.zeros(72), {}
    for sweep in range(1, 19):
        v = DP.action_values(P, R, gamma, v).max(axis=1)
        after[sweep] = v
    for place, sweep in enumerate((6, 12, 18), 1):
        axes, v = figure.add_subplot(3, 1, place), after[sweep]
        best = DP.best_actions(DP.action_values(P, R, gamma, v))
        shades = np.where([each in "#" for each in letters], np.nan, v)
        axes.imshow(shades.reshape(height, width), cmap="viridis", vmin=-0.3, vmax=1, aspect="auto")
        for s, letter in enumerate(letters):
            y, x = divmod(s, width)
            if letter in "GH":
                axes.text(x, y, letter, ha="center", va="center", fontsize=11, color="white")
            elif letter != "#" and not best[s].all():
                dx, dy = ARROWS[best[s].argmax()]
                colour = "black" if v[s] > 0.5 else "white"
                axes.annotate(
                    "", (x + 0.35 * dx, y + 0.35 * dy), (x - 0.35 * dx, y - 0.35 * dy),
                    arrowprops={"arrowstyle": "->", "color": colour},
                )  # fmt: skip
        axes.set_title(f"after {sweep} sweeps", fontsize=11)
        axes.set_axis_off()


def rental(figure):
    """How many cars the best policy moves, for each number of cars at both stations."""
    P, R = DP.car_rental()
    pi, _, _ = DP.policy_iteration(P, R, 0.9, np.eye(11)[np.zeros(441, int)])
    moved = np.array(DP.MOVES)[pi.argmax(axis=1)].reshape(21, 21)
    axes = figure.add_subplot()
    axes.imshow(moved, origin="lower", cmap="RdBu", vmin=-7, vmax=7)
    for number in np.unique(moved):
        n, m = np.argwhere(moved == number).mean(axis=0).round().astype(int)
        distance = np.abs(np.argwhere(moved == number) - (n, m)).sum(axis=1)
        n, m = np.argwhere(moved == number)[distance.argmin()]
        axes.text(m, n, f"{number}", ha="center", va="center", fontsize=11, color="black")
    axes.set(xlabel="cars at the second station", ylabel="cars at the first station")
    axes.set(xticks=range(0, 21, 5), yticks=range(0, 21, 5))


def gambler(figure):
    """All best stakes of the gambler, for each capital."""
    P, R = DP.gambler(100, 0.4)
    v, _ = DP.value_iteration(P, R, 1.0, 0.1)
    best = DP.best_actions(DP.action_values(P, R, 1.0, v))
    pairs = [
        (s, a + 1) for s in range(1, 100) for a in np.flatnonzero(best[s]) if a < min(s, 100 - s)
    ]
    axes = figure.add_subplot()
    capital, stake = np.transpose(pairs)
    axes.plot(capital, stake, "s", color=COLOURS[0], markersize=2.2)
    axes.plot([0, 50, 100], [0, 50, 0], color="#888888", linewidth=0.8)
    axes.set(xlabel="capital", ylabel="best stakes", xlim=(0, 100), ylim=(0, 53))
    axes.set(xticks=range(0, 101, 25), yticks=(0, 25, 50))


if __name__ == "__main__":
    save(error, HERE / "figures" / "error", size=(4.8, 3.0))
    save(rooms, HERE / "figures" / "rooms", size=(4.8, 6.4))
    save(rental, HERE / "figures" / "rental", size=(4.8, 4.2))
    save(gambler, HERE / "figures" / "gambler", size=(4.8, 3.0))
