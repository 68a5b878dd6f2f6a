"""Film ratings by people whose tastes are planted: who likes what is known, and can be recovered.

Each film has a little of a few genres, and each person likes some genres and dislikes others. A
rating is the mean, plus how generous the person is, plus how good the film is, plus how well its
genres meet the person's taste, plus noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.rng import generator

MEAN, LOWEST, HIGHEST = 3.5, 1.0, 5.0  # stars


@dataclass(frozen=True, repr=False)
class Ratings:
    """Who rated which film with how many stars; row i of each array is one rating."""

    people: npt.NDArray[np.int64]  # (n,), from 0
    films: npt.NDArray[np.int64]  # (n,), from 0
    stars: npt.NDArray[np.float32]  # (n,), from 1 to 5
    titles: tuple[str, ...]  # one per film
    taste: Array  # (people, genres), as planted; empty for real ratings
    genres: Array  # (films, genres), as planted; empty for real ratings

    def __len__(self) -> int:
        return len(self.stars)

    def __repr__(self) -> str:
        people = int(self.people.max()) + 1 if len(self) else 0
        return f"Ratings({len(self)} ratings of {len(self.titles)} films by {people} people)"


def film_ratings(
    people: int = 400,
    films: int = 200,
    per_person: int = 50,
    genres: int = 4,
    noise: float = 0.6,
    rng: np.random.Generator | int | None = None,
) -> Ratings:
    """`per_person` ratings, in half stars, from each of the people, of different films.

    Arguments:
        genres: how many dimensions taste has.
        noise: the standard deviation of the noise, in stars.

    Examples:
        >>> film_ratings(people=10, films=20, per_person=5, rng=0)
        Ratings(50 ratings of 20 films by 10 people)
    """
    if min(people, films, genres) < 1 or not 1 <= per_person <= films or noise < 0:
        raise ValueError(
            "film_ratings needs people, films and genres, at most one rating of a film by a "
            f"person and noise >= 0, not {people}, {films}, {genres}, {per_person} and {noise}"
        )
    rng = generator(rng)
    taste = rng.normal(size=(people, genres))
    content = rng.normal(size=(films, genres)) * 0.8 / np.sqrt(genres)
    generous, good = rng.normal(0, 0.3, people), rng.normal(0, 0.4, films)
    who = np.repeat(np.arange(people), per_person)
    what = np.concatenate([rng.permutation(films)[:per_person] for _ in range(people)])
    match = (taste[who] * content[what]).sum(axis=1)
    stars = MEAN + generous[who] + good[what] + match + noise * rng.normal(size=len(who))
    return Ratings(
        people=who,
        films=what,
        stars=np.clip(np.round(2 * stars) / 2, LOWEST, HIGHEST).astype(np.float32),
        titles=tuple(_title(i) for i in range(films)),
        taste=taste,
        genres=content,
    )


_WHAT = (
    "River", "Letter", "Train", "Garden", "Mountain", "Lighthouse", "Clock", "Harbour", "Orchard",
    "Island", "Mirror", "Kitchen", "Bridge", "Winter", "Song",
)  # fmt: skip
_WHICH = (
    "Last", "Silent", "Golden", "Hidden", "Long", "Second", "Distant", "Broken", "Paper", "Blue",
    "Lost", "Early", "Endless", "Crooked",
)  # fmt: skip


def _title(i: int) -> str:
    part, name = divmod(i, len(_WHAT) * len(_WHICH))
    title = f"The {_WHICH[name % len(_WHICH)]} {_WHAT[name // len(_WHICH)]}"
    return f"{title} {part + 1}" if part else title
