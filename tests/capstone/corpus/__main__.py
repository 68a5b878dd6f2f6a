"""`python -m tests.capstone.corpus [name ...]`: each report, and how many are right."""

import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from tests.capstone.corpus.case import wrong
from tests.capstone.corpus.cases import CASES


def main(names: list[str]) -> None:
    chosen = [case for case in CASES if not names or case.name in names]
    right = 0
    for case in chosen:
        said = []
        for run in (False, not any(map(find_spec, case.absent))):
            with tempfile.TemporaryDirectory() as folder:
                said += [
                    ("run: " if run else "quick: ") + s for s in wrong(case, Path(folder), run=run)
                ]
        right += not said
        print(f"{'wrong' if said else 'right'}  {case.name}")
        print("".join(f"       {sentence}\n" for sentence in said), end="")
    print(f"{right} of {len(chosen)} reports are right.")


if __name__ == "__main__":
    main(sys.argv[1:])
