"""No copy of the worked solutions can be read by the code that is judged."""

import json
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

from undergrad import locate
from undergrad.checker import isolation

CHECKOUT = Path(__file__).parents[2]

CHECK = """
import json, sys
from pathlib import Path
from undergrad import course, locate
from undergrad.checker import check
assert locate.is_packaged()
unit = course.load().unit("first-ten")
result = check(unit, Path(sys.argv[1]))
print(json.dumps([result.verdict, result.output, result.message]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """An environment with undergrad as in a wheel, beside this checkout's `src`."""
    folder = tmp_path_factory.mktemp("wheel")
    venv.create(folder, with_pip=False)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "more.pth").write_text(f"{sysconfig.get_path('purelib')}\n{CHECKOUT / 'src'}\n")
    ignored = shutil.ignore_patterns("__pycache__", "_data")
    shutil.copytree(CHECKOUT / "src" / "undergrad", site / "undergrad", ignore=ignored)
    shutil.copytree(CHECKOUT / "curriculum", site / "undergrad" / "_data" / "curriculum")
    if not (site / "undergrad/_data/curriculum/course.json").exists():
        from undergrad.course.compiled import refresh

        refresh(site / "undergrad/_data/curriculum", [])
    return folder


def test_every_copy_is_hidden_from_a_check_beside_a_wheel(wheel, tmp_path):
    if "files" not in isolation():
        pytest.skip("this machine allows no user namespaces")
    site = next(wheel.glob("lib/python*/site-packages"))
    copies = [str(CHECKOUT / "curriculum"), str(site / "undergrad/_data/curriculum")]
    file = tmp_path / "first_ten.py"
    file.write_text(f"import os\nprint([os.listdir(copy) for copy in {copies}])\n")
    done = subprocess.run(
        [wheel / "bin/python", "-c", CHECK, file], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    verdict, output, message = json.loads(done.stdout)
    assert output.strip() == "[[], []]", (verdict, message)


def test_the_folders_with_answers_are_those_of_this_checkout():
    found = set(locate.answer_folders())
    assert {CHECKOUT / "curriculum", CHECKOUT / "tests"} <= found
    for folder in found:
        assert not (CHECKOUT / "src" / "undergrad").is_relative_to(folder)
