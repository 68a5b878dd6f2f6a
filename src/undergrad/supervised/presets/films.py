"""What will you like? Vectors for people and films, learned from ratings alone.

A rating is the mean, plus a bias of the person, plus a bias of the film, plus the dot product of
their two vectors (Koren, Bell and Volinsky 2009). The baseline has the biases only. Our ratings
come from people whose tastes we planted, so what was found can be compared with them.
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
from undergrad.runs.settings import setting
from undergrad.supervised import preset
from undergrad.supervised.preset import Experiment, Outcome, Preset

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BETTER = 0.10  # by how much the error must be smaller than that of the baseline
_SHRINKAGE = 5.0  # ratings at the mean that the baseline adds to each bias, so few count little


@dataclass(frozen=True)
class Settings(preset.Settings):
    epochs: int = setting(20, at_least=1, doc="passes over the training set")
    people: int = setting(400, at_least=1, at_most=1_000_000, doc="who rate")
    films: int = setting(200, at_least=1, at_most=1_000_000, doc="that are rated")
    per_person: int = setting(50, at_least=1, at_most=1_000_000, doc="ratings of each person")
    embedding_dim: int = setting(8, at_least=1, at_most=10_000, doc="of each person and each film")
    batch_size: int = setting(200, at_least=1, doc="examples in a minibatch")
    learning_rate: float = setting(0.01, above=0, doc="of AdamW")
    weight_decay: float = setting(0.2, at_least=0, doc="of AdamW")


class MatrixFactorisation(nn.Module):
    """Stars of films by people: (n,), (n,) -> (n,)."""

    def __init__(
        self, people: int, films: int, embedding_dim: int, mean: float, rng: np.random.Generator
    ) -> None:
        self.person, self.film = (
            nn.Embedding(people, embedding_dim, rng=rng),
            nn.Embedding(films, embedding_dim, rng=rng),
        )
        self.person_habit, self.film_habit = nn.Embedding(people, 1), nn.Embedding(films, 1)
        self.mean = mean
        for table in (self.person, self.film):
            table.weight.data *= 0.1  # start near the mean: no taste, no bias
        for table in (self.person_habit, self.film_habit):
            table.weight.data *= 0

    def forward(self, people: Array, films: Array) -> Tensor:
        match = (self.person(people) * self.film(films)).sum(1)
        biases = self.person_habit(people) + self.film_habit(films)
        stars: Tensor = biases.reshape(-1) + match + self.mean
        return stars


def build(settings: Settings, seed: int) -> Experiment:
    """Matrix factorisation on ratings with planted tastes."""
    rng = np.random.default_rng(seed)
    ratings = datasets.film_ratings(settings.people, settings.films, settings.per_person, rng=rng)
    table = TensorDataset(ratings.people, ratings.films, ratings.stars)
    training, test = random_split(table, (0.8, 0.2), rng)
    train_ratings, test_ratings = (part[np.arange(len(part))] for part in (training, test))
    baseline = _baseline_error(train_ratings, test_ratings)
    mean = float(train_ratings[-1].mean())
    model = MatrixFactorisation(settings.people, settings.films, settings.embedding_dim, mean, rng)
    test_batches = DataLoader(test, 1_000)

    def measure() -> dict[str, float]:
        return {"RMSE": evaluate(model, test_batches, {"mse": nn.MSELoss()})["mse"] ** 0.5}

    def judge() -> Outcome:
        error = measure()["RMSE"]
        return Outcome(
            score=error / baseline,
            passed=error <= (1 - _BETTER) * baseline,
            summary=(
                f"On the test set its error is {error:.3f} stars (RMSE), that of the biases alone "
                f"{baseline:.3f}: {1 - error / baseline:.0%} less. {_neighbours(model, ratings)}"
            ),
            levels={"biases alone": baseline, "pass line": (1 - _BETTER) * baseline},
            plots={"tastes": lambda figure: _tastes(figure, model, ratings)},
        )

    return Experiment(
        model=model,
        batches=DataLoader(training, settings.batch_size, shuffle=True, rng=rng),
        loss=nn.MSELoss(),
        optimizer=optim.AdamW(
            model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        ),
        epochs=settings.epochs,
        measure=measure,
        judge=judge,
        rng=rng,
    )


def _baseline_error(train: tuple[Array, ...], test: tuple[Array, ...]) -> float:
    """RMSE on the test set of the mean plus the biases of films and people."""
    people, films, stars = train
    mean = stars.mean()
    film = _biases(films, stars - mean, int(max(films.max(), test[1].max())) + 1)
    person = _biases(people, stars - mean - film[films], int(max(people.max(), test[0].max())) + 1)
    predicted = mean + person[test[0]] + film[test[1]]
    return float(np.sqrt(np.mean((predicted - test[2]) ** 2)))


def _biases(indices: Array, residuals: Array, count: int) -> Array:
    """The mean residual of each index, shrunk towards 0."""
    return np.bincount(indices, residuals, count) / (
        np.bincount(indices, minlength=count) + _SHRINKAGE
    )


def _neighbours(model: MatrixFactorisation, ratings: Ratings) -> str:
    """The three films whose embeddings have the largest cosine similarity to the first one's."""
    similarity = _cosines(model.film.weight.data)[0]
    near = np.argsort(-similarity)[1:4]
    said = ", ".join(f"{ratings.titles[i]} ({similarity[i]:.2f})" for i in near)
    return f"Nearest to {ratings.titles[0]}: {said}."


def _tastes(figure: "Figure", model: MatrixFactorisation, ratings: Ratings) -> None:
    """Each pair of films: cosine similarity of their planted genres, and of their embeddings."""
    pairs = np.triu_indices(len(ratings.titles), 1)
    planted, found = _cosines(ratings.genres)[pairs], _cosines(model.film.weight.data)[pairs]
    axes = figure.add_subplot()
    axes.hexbin(planted, found, gridsize=40, cmap="Blues", mincnt=1)
    axes.set(
        xlabel="similarity of genres, planted",
        ylabel="similarity, learned from ratings",
        title=f"pairs of films: correlation {np.corrcoef(planted, found)[0, 1]:.2f}",
    )


def _cosines(rows: Array) -> Array:
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(unit @ unit.T)


PRESET = Preset(
    name="films",
    title="Predict who likes which film",
    what=(
        "400 people rated 50 of 200 films each. Which vectors describe a person and a film, so "
        "that their product predicts the ratings of a test set?"
    ),
    pass_line=f"error on the test set at least {_BETTER:.0%} below that of the biases alone (RMSE)",
    metric="error relative to biases alone",
    lower_is_better=True,
    settings=Settings(),
    build=build,
    seconds=4,
    megabytes=100,
    measured=(
        "0.1.0, one core of an AMD EPYC: seeds 0-2, 100 and 101 score 0.725 to 0.739; "
        "1.4 s of processor time each"
    ),
    plots=("learning", "tastes"),
)
