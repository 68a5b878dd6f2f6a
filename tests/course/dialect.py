"""The words of a private dialect in lessons, and the field's word for each.

    python -m tests.course.dialect        counts them, unit by unit

What a learner reads is counted: the lesson, the docstrings of the exercise, hints, the sentences of
mistakes, recall questions; code and formulas are not. `tests/test_vocabulary.py` guards the rest of
the project.
"""

import re
from collections import Counter

from tests.course import gate

# A word of ours: the field's word, and the units in which ours is right.
DIALECT: dict[str, tuple[str, tuple[str, ...]]] = {
    r"slopes?": ("gradient, derivative", ("derivatives", "descent")),
    r"ways? back": ("backward pass", ()),
    r"bends?|bent|bendier": ("activation function; curvature", ()),
    r"windows?": ("kernel, filter", ("text", "sequence", "alphazero")),
    r"shadows?": ("projection", ()),
    r"pictures?": ("image", ()),
    r"(?:a|the|what|which|whose) shares?|shares? of": ("fraction, proportion", ()),
    r"prices?": ("penalty", ()),
    r"bells?": ("Gaussian", ()),
    r"mirrors?": ("reflection", ()),
    r"(?:a|the|its|whose) spread|spread of": ("standard deviation", ()),
    r"in use": ("at inference", ()),
    # The report of `recap` says "held out", and journeys that were begun before are checked by it.
    r"held (?:out|back)|kept back": ("validation set, test set", ("recap",)),
    r"by heart": ("memorise", ()),
    r"foretells?": ("predict", ()),
    r"the root": ("the square root", ("mcts", "alphazero", "dqn-plus")),
    r"step sizes?": ("learning rate", ("descent", "derivatives")),
    r"whoever|anew|shall|by lot|at last|belongs? into": ("plain English", ()),
}


def found(unit: object) -> Counter[str]:
    """How often each word of the dialect stands in what a learner reads of a unit."""
    text = " ".join(gate.prose(unit).values())
    counts: Counter[str] = Counter()
    for word, (_, right_in) in DIALECT.items():
        if unit.id not in right_in:
            hits = re.findall(rf"\b(?:{word})\b", text, re.IGNORECASE)
            counts[word] += len(hits)
    return +counts


def main() -> None:
    total: Counter[str] = Counter()
    for unit in gate.written():
        counts = found(unit)
        total += counts
        print(f"{unit.id:<14}{counts.total():>5}   {dict(counts.most_common(4))}")
    print(f"{'all':<14}{total.total():>5}")
    for word, number in total.most_common():
        print(f"{number:>6}  {word}  ->  {DIALECT[word][0]}")


if __name__ == "__main__":
    main()
