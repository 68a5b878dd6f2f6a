"""Runs a project's evaluation function in a process of its own, and writes what it returns.

    python -m undergrad.capstone.recompute MODULE FUNCTION OUT      (in the project's folder)

The function returns {seed: score}, computed from the saved checkpoints and the data. This process
imports the project's code, so it decides nothing: the check reads the numbers and compares.
"""

import importlib
import json
import os
import sys
from pathlib import Path


def main(module: str, function: str, out: str) -> None:
    """Call the function and write its scores as JSON to `out`."""
    sys.path.insert(0, os.getcwd())
    scores = getattr(importlib.import_module(module), function)()
    plain = {str(seed): float(score) for seed, score in dict(scores).items()}
    Path(out).write_text(json.dumps(plain), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
