"""Every pass line of a cluster and of a class, each with its figure and its verdict:
`python -m tests.reliability.scale_lines`.

    --small     without kills on the cluster, and with a small class: tries the program

`cluster_lines` and `class_lines` measure one half each. The speed-ups and rates are meant for a
machine that does nothing else.
"""

import argparse
import subprocess
import sys
import tempfile

from tests.reliability import class_lines, cluster_lines
from tests.reliability.lines import Lines

SMALL = "--learners 30 --events 50 --pushers 8 --pushes 10 --units 1"
_IMPORTS = """
import sys
import undergrad.cli.classroom, undergrad.cli.cluster, undergrad.cli.train
import undergrad.classroom.client, undergrad.classroom.store, undergrad.runs.session
print(*sorted({"cryptography", "dask", "distributed", "psycopg"} & set(sys.modules)))
"""
# A command where no extra is installed.
_BARE = """
import sys
from undergrad import extras
from undergrad.cli import main
extras.find_spec = lambda module: None
main()
"""
_NEED_EXTRAS = (
    "cluster status",
    "train celsius --cluster cluster.json",
    "class init autumn --store postgresql://a@b/c",
)


def core(lines: Lines) -> None:
    """A core install imports nothing of an extra, and names in one sentence the one it lacks."""
    done = subprocess.run([sys.executable, "-c", _IMPORTS], capture_output=True, text=True)
    found = done.stdout.strip() or done.stderr or "none"
    what = "libraries of extras that core commands import"
    lines.line(what, found, "none", good=found == "none")
    for words in _NEED_EXTRAS:
        command = [sys.executable, "-c", _BARE, *words.split()]
        with tempfile.TemporaryDirectory() as here:
            done = subprocess.run(command, capture_output=True, text=True, cwd=here)
        said = " ".join(done.stderr.split())
        good = done.returncode == 2 and said.count("pip install") == 1 and "Traceback" not in said
        figure = f"exit {done.returncode}, {said}"
        lines.line(f"undergrad {words}", figure, "exit 2, one sentence", good=good)


def main(words: list[str] | None = None) -> int:
    """Measure, print; 1 when a line is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.scale_lines")
    parser.add_argument("--small", action="store_true")
    small = parser.parse_args(words).small
    lines = Lines()
    core(lines)
    of_cluster = cluster_lines.main([] if small else ["--kills"])
    of_class = class_lines.main(SMALL.split() if small else [])
    return max(lines.missed > 0, of_cluster, of_class)


if __name__ == "__main__":
    sys.exit(main())
