"""What a worker proves before it gets work: the same code, and the same last bits.

Dask warns when versions differ and goes on. Here they must be equal, and the arithmetic too: the
matrix products of two processors may round differently, and after some thousand steps the weights
are other ones. A seed that changed machines would then be no machine's result.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

from undergrad import __version__

Proof: TypeAlias = Mapping[str, str]

ARITHMETIC = "arithmetic"
_SOURCE = Path(__file__).parents[2]  # the package `undergrad`
# (N, K, M) of matrix products: square ones, skinny ones, and sizes that no tile divides.
_SHAPES = ((64, 64, 64), (256, 128, 256), (33, 129, 65), (1, 784, 100), (32, 4, 120), (500, 3, 7))


@cache
def proof() -> dict[str, str]:
    """The proof of this process."""
    import numpy as np

    return {
        "undergrad": f"{__version__} ({source_hash()})",
        "Python": ".".join(map(str, sys.version_info[:2])),
        "NumPy": np.__version__,
        ARITHMETIC: arithmetic(),
    }


def source_hash() -> str:
    """Names the code of this undergrad: a hash of its modules and presets."""
    folder, digest = _SOURCE, hashlib.sha256()
    names = (
        path.relative_to(folder) for end in ("py", "yaml") for path in folder.rglob(f"*.{end}")
    )
    for name in sorted(names):
        if name.parts[0] != "_data":  # the course, which an editable installation has elsewhere
            digest.update(f"{name.as_posix()}\n".encode() + (folder / name).read_bytes())
    return digest.hexdigest()[:12]


def arithmetic() -> str:
    """Names how this machine rounds: a hash of matrix products, exp, log1p, tanh and sums."""
    import numpy as np

    rng, digest = np.random.default_rng(0), hashlib.sha256()
    for dtype in (np.float32, np.float64):
        for rows, inner, columns in _SHAPES:
            # `random` divides whole numbers, so the inputs are the same everywhere.
            a = rng.random((rows, inner)).astype(dtype)
            b = rng.random((inner, columns)).astype(dtype)
            results = (np.dot(a, b), np.exp(a), np.log1p(a), np.tanh(a), a.sum(axis=0), b.sum())
            for result in results:
                digest.update(np.ascontiguousarray(result).tobytes())
    return digest.hexdigest()[:12]


def versions(of: Proof) -> dict[str, str]:
    """The proof without its arithmetic, in which good machines may differ."""
    return {name: value for name, value in of.items() if name != ARITHMETIC}


def difference(there: Proof, here: Proof) -> str:
    """Such as `NumPy 2.4.6 there and 2.3.5 here`; "" when they are equal."""
    differ = [name for name in here if there.get(name) != here[name]]
    return ", ".join(f"{n} {there.get(n, 'unknown')} there and {here[n]} here" for n in differ)


def resource(of: Proof) -> str:
    """What the scheduler calls workers of this proof; a slice that asks for it goes to no other."""
    text = json.dumps(dict(of), sort_keys=True)
    return f"undergrad-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
