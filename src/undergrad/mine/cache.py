"""Verdicts that need not be found again: the same file, judged by the same tool.

They lie in the journey's private folder. A damaged or missing file only costs the time to judge.
"""

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from undergrad import __version__
from undergrad.mine.verdict import Verdict


def key_of(exercise: Path, adapters: Path) -> str:
    """Changes with the exercise, with its adapters, and with the version of undergrad."""
    digest = hashlib.sha256(__version__.encode())
    for path in (exercise, adapters, *sorted(Path(__file__).parent.glob("*.py"))):
        digest.update(b"\0" + path.read_bytes())
    return digest.hexdigest()


def read(path: Path) -> dict[str, tuple[Verdict, ...]]:
    """Verdicts by key; none when there is no file that can be read."""
    try:
        data = json.loads(path.read_bytes())
        return {key: tuple(Verdict(**each) for each in found) for key, found in data.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write(path: Path, verdicts: dict[str, tuple[Verdict, ...]]) -> None:
    """Keep the verdicts, whole or not at all; a folder that cannot be written keeps none."""
    staged = path.with_name(f"{path.name}.{os.getpid()}")
    data = {key: [asdict(each) for each in found] for key, found in verdicts.items()}
    try:
        staged.write_text(json.dumps(data, indent=1), encoding="utf-8")
        os.replace(staged, path)
    except OSError:
        staged.unlink(missing_ok=True)
