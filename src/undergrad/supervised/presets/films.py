"""What will you like? Rows of numbers for people and for films, learnt from ratings alone.

A rating is the mean, plus a habit of the person, plus a habit of the film, plus how well the
person's numbers meet the film's (Koren, Bell and Volinsky 2009). The baseline knows the habits
only. Our ratings come from people whose tastes we planted, so what was found can be looked up.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from undergrad import datasets
from undergrad.datasets.films import Ratings
from undergrad.engine import Tensor, nn, optim
from undergrad.engine.autograd import Array
from undergrad.engine.data import DataLoader, TensorDataset, random_split
from undergrad.engine.training.train import evaluate
from undergrad.supervised import task
from undergrad.supervised.task import Outcome, Task, Training

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BETTER = 0.10  # by how much the error must be smaller than the baseline's
_CALM = 5.0  # how many ratings at the mean the baseline adds to each habit, so few count little


@dataclass(frozen=True)
class Settings(task.Settings):
    epochs: int = 20
    people: int = 400
    films: int = 200
    per_person: int = 50  # ratings
    width: int = 8  # numbers for each person and each film
    batch: int = 200
    learning_rate: float = 0.01
    weight_decay: float = 0.2


class Tastes(nn.Module):
    """Stars from who and what: (n,), (n,) -> (n,)."""

    def __init__(self, people: int, films: int, width: int, mean: float, rng: np.random.Generator):
        self.person, self.film = (
            nn.Embedding(people, width, rng=rng),
            nn.Embedding(films, width, rng=rng),
        )
        self.person_habit, self.film_habit = nn.Embedding(people, 1), nn.Embedding(films, 1)
        self.mean = mean
        for table in (self.person, self.film):
            table.weight.data *= 0.1  # begin near the baseline: no taste, no habit
        for table in (self.person_habit, self.film_habit):
            table.weight.data *= 0

    def forward(self, people: Array, films: Array) -> Tensor:
        match = (self.person(people) * self.film(films)).sum(1)
        habits = self.person_habit(people) + self.film_habit(films)
        stars: Tensor = habits.reshape(-1) + match + self.mean
        return stars


def build(settings: Settings, seed: int) -> Training:
    """Matrix factorisation on ratings with planted tastes."""
    rng = np.random.default_rng(seed)
    ratings = datasets.film_ratings(settings.people, settings.films, settings.per_person, rng=rng)
    table = TensorDataset(ratings.people, ratings.films, ratings.stars)
    training, held_out = random_split(table, (0.8, 0.2), rng)
    known, held = (part[np.arange(len(part))] for part in (training, held_out))
    baseline, mean = _baseline_error(known, held), float(known[-1].mean())
    model = Tastes(settings.people, settings.films, settings.width, mean, rng)
    new = DataLoader(held_out, 1_000)

    def measure() -> dict[str, float]:
        return {"taste": evaluate(model, new, {"mse": nn.MSELoss()})["mse"] ** 0.5}

    def judge() -> Outcome:
        error = measure()["taste"]
        return Outcome(
            score=error / baseline,
            passed=error <= (1 - _BETTER) * baseline,
            summary=(
                f"On held-out ratings it is wrong by {error:.3f} stars (RMSE), habits alone by "
                f"{baseline:.3f}: {1 - error / baseline:.0%} less. {_neighbours(model, ratings)}"
            ),
            levels={"habits alone": baseline, "pass line": (1 - _BETTER) * baseline},
            pictures={"tastes": lambda figure: _tastes(figure, model, ratings)},
        )

    return Training(
        model=model,
        batches=DataLoader(training, settings.batch, shuffle=True, rng=rng),
        loss=nn.MSELoss(),
        optimizer=optim.AdamW(
            model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        ),
        epochs=settings.epochs,
        measure=measure,
        judge=judge,
        rng=rng,
    )


def _baseline_error(known: tuple[Array, ...], new: tuple[Array, ...]) -> float:
    """RMSE on the new ratings of the mean plus the habits of films and people."""
    people, films, stars = known
    mean = stars.mean()
    film = _habits(films, stars - mean, int(max(films.max(), new[1].max())) + 1)
    person = _habits(people, stars - mean - film[films], int(max(people.max(), new[0].max())) + 1)
    guess = mean + person[new[0]] + film[new[1]]
    return float(np.sqrt(np.mean((guess - new[2]) ** 2)))


def _habits(who: Array, extra: Array, count: int) -> Array:
    """For each number in `who`, the mean of what was given above the rest, drawn towards 0."""
    return np.bincount(who, extra, count) / (np.bincount(who, minlength=count) + _CALM)


def _neighbours(model: Tastes, ratings: Ratings) -> str:
    """The three films whose learnt numbers point most nearly where those of the first one do."""
    likeness = _cosines(model.film.weight.data)[0]
    near = np.argsort(-likeness)[1:4]
    said = ", ".join(f"{ratings.titles[i]} ({likeness[i]:.2f})" for i in near)
    return f"Nearest to {ratings.titles[0]}: {said}."


def _tastes(figure: "Figure", model: Tastes, ratings: Ratings) -> None:
    """Each pair of films: how alike they were made, and how alike they were found to be."""
    pairs = np.triu_indices(len(ratings.titles), 1)
    planted, found = _cosines(ratings.genres)[pairs], _cosines(model.film.weight.data)[pairs]
    axes = figure.add_subplot()
    axes.hexbin(planted, found, gridsize=40, cmap="Blues", mincnt=1)
    axes.set(
        xlabel="likeness of genres, planted",
        ylabel="likeness, learnt from ratings",
        title=f"pairs of films: correlation {np.corrcoef(planted, found)[0, 1]:.2f}",
    )


def _cosines(rows: Array) -> Array:
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(unit @ unit.T)


TASK = Task(
    name="films",
    title="Guess who likes which film",
    what=(
        "400 people rated 50 of 200 films each. Which numbers describe a person and a film, so "
        "that their product guesses ratings that were held out?"
    ),
    line=f"error on held-out ratings at least {_BETTER:.0%} below that of habits alone (RMSE)",
    score="error beside habits alone",
    settings=Settings(),
    build=build,
    seconds=4,
    megabytes=100,
    measured=(
        "0.1.0, one core of an AMD EPYC: seeds 0-2, 100 and 101 score 0.725 to 0.739; "
        "1.4 s of processor time each"
    ),
    pictures=("tastes",),
)
