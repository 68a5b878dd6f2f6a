"""Draws the figures of `recommend`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

USERS, FILMS = 120, 40
GENRES = (("western", "o", COLOURS[0]), ("romance", "s", COLOURS[1]), ("space", "^", COLOURS[2]))
LOG, GENRE = SOLUTION["make_ratings"](USERS, FILMS, 3, np.random.default_rng(0))


def embeddings():
    """As in the lesson, embeddings of two numbers: before training and after it. Both (40, 2)."""
    earlier = LOG[: round(0.8 * len(LOG))]
    rng = np.random.default_rng(1)
    _, before = (rng.normal(0.0, 0.3, size=(n, 2)) for n in (USERS, FILMS))
    fitted = SOLUTION["fit_factors"](earlier, USERS, FILMS, 2, np.random.default_rng(1))
    return before, fitted[-1]


def map_of_films(figure):
    """Every film at the point that its embedding gives."""
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    for axes, rows, title in zip(panels, embeddings(), ("before", "after"), strict=True):
        for genre, (name, marker, colour) in enumerate(GENRES):
            mine = rows[genre == GENRE]
            axes.plot(*mine.T, marker, color=colour, markersize=5, alpha=0.85, label=name)
        axes.axhline(0, color=axes.xaxis.label.get_color(), alpha=0.2, linewidth=1)
        axes.axvline(0, color=axes.xaxis.label.get_color(), alpha=0.2, linewidth=1)
        axes.set_aspect("equal")
        axes.set(xlabel="first number", xlim=(-1.7, 1.7), ylim=(-1.7, 1.7))
        axes.set_title(f"{title} training", fontsize=11)
    panels[0].set_ylabel("second number")
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3)


def holes(figure):
    """Stars of eight users for twelve films; an empty cell is a film not seen."""
    stars = np.full((8, 12), np.nan)
    for user, film, given in LOG:
        if user < 8 and film < 12:
            stars[user, film] = given
    axes = figure.add_subplot()
    rgb = to_rgb(COLOURS[0])
    fading = LinearSegmentedColormap.from_list("fading", [(*rgb, 0.05), (*rgb, 0.75)])
    axes.pcolormesh(np.ma.masked_invalid(stars), cmap=fading, vmin=1, vmax=5)
    for (user, film), given in np.ndenumerate(stars):
        if np.isfinite(given):
            axes.text(film + 0.5, user + 0.53, f"{given:.0f}", ha="center", va="center")
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.set_xticks(np.arange(12) + 0.5, range(12))
    axes.set_yticks(np.arange(8) + 0.5, range(8))
    axes.tick_params(length=0)
    axes.set(xlabel="film", ylabel="user")


def lengths(figure):
    """The error on earlier and on later ratings, for embeddings of 1 to 8 numbers."""
    axes = figure.add_subplot()
    cut, numbers = round(0.8 * len(LOG)), (1, 2, 3, 4, 6, 8)
    parts = {"earlier ratings": LOG[:cut], "later ratings": LOG[cut:]}
    errors = {name: [] for name in parts}
    for K in numbers:
        mu, bu, bi, P, Q = SOLUTION["fit_factors"](
            LOG[:cut], USERS, FILMS, K, np.random.default_rng(1)
        )
        for name, (u, i, stars) in ((name, part.T) for name, part in parts.items()):
            predicted = SOLUTION["dot_predict"](P, Q, bu, bi, mu, u, i)
            errors[name].append(np.sqrt(np.mean((predicted - stars) ** 2)))
    for (name, values), colour, marker in zip(errors.items(), COLOURS, "os", strict=False):
        axes.plot(numbers, values, color=colour, marker=marker, label=name)
    u, i, stars = LOG[cut:].T
    left = np.sqrt(np.mean((mu + bu[u] + bi[i] - stars) ** 2))
    axes.axhline(left, color=axes.xaxis.label.get_color(), linestyle=":")
    axes.annotate("biases alone", (8, left), (0, 4), textcoords="offset points", ha="right")
    axes.set(xlabel="numbers in a row", ylabel="error in stars", ylim=(0, 1))
    axes.legend(frameon=False)


if __name__ == "__main__":
    save(map_of_films, HERE / "figures" / "map", size=(5.0, 3.2))
    save(holes, HERE / "figures" / "holes", size=(4.8, 3.3))
    save(lengths, HERE / "figures" / "lengths", size=(4.8, 3.2))
