"""The table of faults names tests that exist."""

import re
from pathlib import Path

HERE = Path(__file__).parent
TABLE = (HERE / "README.md").read_text("utf-8")


def test_every_test_the_table_names_is_there():
    file, named = None, 0
    for path, test in re.findall(r"`([\w/]*\.py)?(?:::(\w+))?(?:\[[^`]*\])?`", TABLE):
        if path:
            file = next((f for f in (HERE / path, HERE.parent / path) if f.exists()), None)
            source = HERE.parents[1] / "src/undergrad" / path
            assert file or source.exists(), path
        if test:
            assert file and f"def {test}(" in file.read_text("utf-8"), f"{path}::{test}"
            named += 1
    assert named > 40
