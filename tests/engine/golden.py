"""Write golden.npz: what PyTorch says to every sample of the case table, for machines without it.

Run it where PyTorch is installed, after a record was added or changed:
    python -m tests.engine.golden
"""

import json
import warnings
from pathlib import Path

import numpy as np
from tests.engine.torch_side import torch_values

from undergrad.cases import CASES

GOLDEN = Path(__file__).with_name("golden.npz")
SEED = 0


def main() -> None:
    values = {
        f"{case.name}/{i}/{name}": array
        for case in CASES
        for i, sample in enumerate(case.samples(SEED))
        for name, array in torch_values(case, sample, SEED).items()
    }
    write(values)
    print(f"{len(values)} arrays, {GOLDEN.stat().st_size} bytes")


def write(values):
    """All numbers of a type end to end, and an index: an entry for each would cost 300 bytes."""
    flat = {"float32": [], "float64": []}
    for array in values.values():
        flat[str(array.dtype)].append(array.ravel())
    index = json.dumps([[key, str(a.dtype), a.shape] for key, a in values.items()])
    joined = {dtype: np.concatenate(parts) for dtype, parts in flat.items()}
    np.savez_compressed(GOLDEN, index=np.frombuffer(index.encode(), np.uint8), **joined)


def read():
    """The arrays by name: case/number of the sample/name of the value."""
    stored, values, at = np.load(GOLDEN), {}, {"float32": 0, "float64": 0}
    numbers = {dtype: stored[dtype] for dtype in at}
    for key, dtype, shape in json.loads(stored["index"].tobytes()):
        size = int(np.prod(shape))
        values[key] = numbers[dtype][at[dtype] : at[dtype] + size].reshape(shape)
        at[dtype] += size
    return values


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main()
