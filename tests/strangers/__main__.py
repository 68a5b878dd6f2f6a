"""`python -m tests.strangers [unit ...]`: the numbers of the corpus, and what falls short."""

import sys

from tests.course import gate
from tests.strangers.corpus import Outcome, in_process, strangers, summary


def main(names: list[str]) -> None:
    units = [unit for unit in gate.runnable() if not names or unit.id in names]
    outcomes = [in_process(each) for unit in units for each in strangers(unit)]
    for outcome in outcomes:
        if not outcome.judged_rightly or not (outcome.stranger.right or outcome.named):
            print(_line(outcome))
    print(summary(outcomes))


def _line(outcome: Outcome) -> str:
    stranger, failed = outcome.stranger, outcome.failed
    said = f"{failed.mistake or '(no name)'}: {failed.message}" if failed else "passes"
    kind = "right" if stranger.right else "wrong"
    return f"{stranger.id} ({kind}: {stranger.what})\n    {said}"


if __name__ == "__main__":
    main(sys.argv[1:])
