"""Plant every known mistake, one at a time, and list the tests that notice it.

    .venv/bin/python -m tests.rl.mutations              all traps, each in a process of its own
    .venv/bin/python -m tests.rl.mutations values.      those whose name begins so

For each trap the whole test file of its test is run with the mistake in place. The exit code is 1
when a trap survives: then the tests would not notice that mistake.
"""

import json
import subprocess
import sys

import hypothesis
import pytest
from tests.rl.traps import (
    ends,
    games,
    off_policy,
    pixels,
    policy_gradients,
    replay,
    resume,
    tables,
    values,
)
from tests.rl.traps.trap import HERE, Trap

TRAPS = (
    *replay.TRAPS,
    *values.TRAPS,
    *tables.TRAPS,
    *ends.TRAPS,
    *policy_gradients.TRAPS,
    *games.TRAPS,
    *off_policy.TRAPS,
    *pixels.TRAPS,
    *resume.TRAPS,
)
_ENOUGH = 3  # tests that noticed; then the next trap


class Failures:
    """A pytest plugin that keeps the names of the tests that failed."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.names.append(report.nodeid.rpartition("/")[2])


def planted(trap: Trap) -> list[str]:
    """The tests that fail with the mistake in place, where it stays: for a process of its own."""
    hypothesis.settings.register_profile("quick", phases=[hypothesis.Phase.generate])
    hypothesis.settings.load_profile("quick")  # shrinking an example takes longer than finding it
    failures = Failures()
    trap.plant(pytest.MonkeyPatch())
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--maxfail={_ENOUGH}"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # all was imported to plant it
    pytest.main([*options, trap.file], plugins=[failures])
    return failures.names


def noticed_by(trap: Trap) -> list[str]:
    """The tests that notice `trap`, found in a new process."""
    command = [sys.executable, "-m", "tests.rl.mutations", "--planted", trap.name]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise RuntimeError(f"{trap.name} cannot be planted:\n{done.stderr}")
    names: list[str] = json.loads(done.stdout.splitlines()[-1])
    return names


def main(begins: str = "") -> int:
    """Go through the traps and say what noticed each. Returns the exit code."""
    survived, chosen = [], [trap for trap in TRAPS if trap.name.startswith(begins)]
    for trap in chosen:
        names = noticed_by(trap)
        survived += [] if names else [trap.name]
        print(f"{'caught' if names else 'SURVIVED':<9} {trap.name}", flush=True)
        for name in names:
            print(f"          {name}", flush=True)
    print(f"{len(chosen) - len(survived)} of {len(chosen)} traps were noticed.")
    return int(bool(survived) or not chosen)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--planted"]:
        print(json.dumps(planted(next(trap for trap in TRAPS if trap.name == sys.argv[2]))))
    else:
        sys.exit(main(*sys.argv[1:2]))
