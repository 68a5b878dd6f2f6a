"""Write golden.npz: what PyTorch says to every sample of the case table, for machines without it.

Run it where PyTorch is installed, after a record was added or changed:
    python tests/engine/make_golden.py
"""

import warnings
from pathlib import Path

import numpy as np

from undergrad.engine.cases import CASES, torch_values

GOLDEN = Path(__file__).with_name("golden.npz")
SEED = 0


def main() -> None:
    values = {
        f"{case.name}/{i}/{name}": array
        for case in CASES
        for i, sample in enumerate(case.samples(SEED))
        for name, array in torch_values(case, sample, SEED).items()
    }
    np.savez_compressed(GOLDEN, **values)
    print(f"{len(values)} arrays, {GOLDEN.stat().st_size} bytes")


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main()
