"""How many of our files one command enters: a reader who follows it must open no more."""

import subprocess
import sys
from pathlib import Path

from undergrad.course import load, worked_solution
from undergrad.journey import create

UNIT = load().unit("backprop")
MOST = 42

# Every file of ours in which a function runs, in the process that the person starts.
_SCRIPT = """
import inspect, sys
from pathlib import Path
entered = set()

def note(frame, event, argument):
    code = frame.f_code
    if event == "call" and code.co_flags & inspect.CO_OPTIMIZED:  # not a module's or class's body
        entered.add(code.co_filename)

sys.argv = ["undergrad", "check", "backprop"]
sys.setprofile(note)
try:
    from undergrad.cli import main
    main()
finally:
    sys.setprofile(None)
    import undergrad
    home = Path(undergrad.__file__).parent
    ours = sorted(name for name in entered if Path(name).is_relative_to(home))
    print("\\n".join(ours), file=sys.stderr)
"""


def test_how_many_files_a_check_enters(tmp_path: Path) -> None:
    journey = create(tmp_path / "journey", load())
    file = journey.root / UNIT.exercise
    file.parent.mkdir(parents=True)
    file.write_text(worked_solution(UNIT))
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], cwd=journey.root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stderr.split()) <= MOST, done.stderr
