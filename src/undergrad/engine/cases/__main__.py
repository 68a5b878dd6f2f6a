"""Print the case table, or compare it with PyTorch: `--parity --seed 7`."""

import argparse
import importlib.util
import sys
import warnings

from undergrad.engine.cases import CASES, Case, differences, torch_values

MISSING = (
    "PyTorch is not installed here: pip install 'undergrad[torch]'. Without it, the tests compare "
    "the same records with values of PyTorch that were stored: pytest tests/engine"
)


def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when all went well, 1 when a record differs, 3 when PyTorch is missing."""
    parser = argparse.ArgumentParser(prog="python -m undergrad.engine.cases", description=__doc__)
    parser.add_argument("--parity", action="store_true", help="compare every record with PyTorch")
    parser.add_argument("--seed", type=int, default=0, help="of the sample inputs")
    options = parser.parse_args(arguments)
    if options.seed < 0:
        parser.error("--seed must be 0 or more")
    if not options.parity:
        for case in CASES:
            print(f"{case.name:20} {case.theirs:36} {len(case.samples(options.seed))} samples")
        return 0
    if importlib.util.find_spec("torch") is None:
        print(MISSING, file=sys.stderr)
        return 3
    return _compare_all(options.seed)


def _compare_all(seed: int) -> int:
    problems = {case.name: _compare(case, seed) for case in CASES}
    failed = [name for name, found in problems.items() if found]
    for found in problems.values():
        print("\n".join(found), end="\n" if found else "")
    print(f"{len(CASES) - len(failed)} of {len(CASES)} records equal PyTorch (seed {seed})")
    return 1 if failed else 0


def _compare(case: Case, seed: int) -> list[str]:
    problems = []
    for sample in case.samples(seed):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = differences(case, case.values(sample, seed), torch_values(case, sample, seed))
        problems += [f"{sentence} ({sample.label})" for sentence in found]
    return problems


if __name__ == "__main__":
    sys.exit(main())
