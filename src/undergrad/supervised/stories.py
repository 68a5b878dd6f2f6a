"""Small stories about people with invented names: text in which attention to the past helps.

A name is drawn from 600,000, so it cannot be predicted the first time it occurs. After that it
occurs again and again, and a model that attends to its first occurrence only has to copy it.
"""

import numpy as np

_FIRST, _SECOND = "bdfghjklmnprstvwz", "aeiou"  # the letters of a syllable
_SYLLABLES, _PEOPLE, _SENTENCES = 3, 3, 6  # of a name, of a story
_VERBS = ("sees", "hears", "likes", "finds", "knows", "follows", "calls", "helps")
_ALONE = ("sings", "sleeps", "waits", "runs", "laughs", "works")
_THINGS = ("cat", "dog", "bird", "boat", "book", "bell", "lamp", "key")


def stories(count: int, rng: np.random.Generator) -> str:
    """`count` stories of six sentences about three people each, with an empty line between them."""
    return "\n\n".join(_story(rng) for _ in range(count))


def _story(rng: np.random.Generator) -> str:
    people = [_name(rng) for _ in range(_PEOPLE)]
    return " ".join(_sentence(people, rng) for _ in range(_SENTENCES))


def _name(rng: np.random.Generator) -> str:
    syllables = (_pick(_FIRST, rng) + _pick(_SECOND, rng) for _ in range(_SYLLABLES))
    return "".join(syllables).capitalize()


def _sentence(people: list[str], rng: np.random.Generator) -> str:
    one, other = (people[i] for i in rng.permutation(_PEOPLE)[:2])
    kinds = (
        f"{one} {_pick(_VERBS, rng)} {other}.",
        f"{one} {_pick(_ALONE, rng)}.",
        f"{one} gives {other} a {_pick(_THINGS, rng)}.",
        f"{one} and {other} look for a {_pick(_THINGS, rng)}.",
    )
    return _pick(kinds, rng)


def _pick(options: str | tuple[str, ...], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]
