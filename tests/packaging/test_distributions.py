"""What is built is whole: wheel, sdist and editable install all find the curriculum and templates.

Each is installed into an empty environment outside the checkout. The environment borrows the
third-party packages of this one through a `.pth` file, so that the test needs no network.
"""

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow

PROBE = """
from undergrad import course, locate
loaded = course.load()
written = [unit for unit in loaded.units if unit.written]
assert len(written) >= 3, written
for unit in written:
    assert (course.unit_folder(unit) / "checks.py").is_file(), unit
for name in ("curriculum", "templates", "docs", "mkdocs.yml"):
    assert locate.data_path(name).exists(), name
print(locate.is_packaged())
"""

TEXTS = """
import hashlib
from undergrad.locate import page_texts
for folder in ("curriculum", "docs", "curriculum/3-deep-dive/conv/figures"):
    found = list(page_texts(folder, "unit.md", "*.svg").items())
    print(len(found), hashlib.sha256(repr(found).encode()).hexdigest())
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, capture_output=True, text=True, env={**os.environ, **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of what git would commit now, so that a build cannot lean on ignored files."""
    folder = tmp_path_factory.mktemp("clone")
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    return folder


@pytest.fixture(scope="module")
def built(checkout: Path) -> Path:
    """The folder with the sdist, and the wheel made from that sdist."""
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", "dist", cwd=checkout)
    return checkout / "dist"


def empty_environment(folder: Path) -> Path:
    """A new environment that sees this one's third-party packages, but not our checkout."""
    venv.create(folder, with_pip=True)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "python"


def test_the_wheel_stands_alone(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "undergrad/_data/curriculum/course.json" in names
    assert not [name for name in names if "__pycache__" in name]
    elsewhere = "hints.md", "recall.yaml", "figures.py", "unit.md", ".svg"
    assert not [name for name in names if name.endswith(elsewhere)]
    python = empty_environment(tmp_path / "venv")
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel, cwd=tmp_path)
    assert run(python, "-c", PROBE, cwd=tmp_path).strip() == "True"
    texts = run(python, "-c", TEXTS, cwd=tmp_path)
    assert texts == run(sys.executable, "-c", TEXTS, cwd=tmp_path)
    undergrad = python.with_name("undergrad")
    run(undergrad, "start", "journey", "--no-browser", "--no-serve", cwd=tmp_path)
    assert '"events"' in run(undergrad, "status", "--json", cwd=tmp_path / "journey")


def test_the_wheel_is_no_larger_than_the_page_says(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    page = (ROOT / "docs" / "how-it-works.md").read_text("utf-8")
    limit = float(re.search(r"a wheel of at most ([\d.]+) MB", page)[1])
    assert limit - 0.5 < wheel.stat().st_size / 1e6 <= limit


def test_a_wheel_from_the_sdist_alone_is_the_same(built: Path, tmp_path: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    run("tar", "xzf", sdist, cwd=tmp_path)
    (source,) = tmp_path.glob("undergrad-*")
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", "out", cwd=source)
    (again,) = (source / "out").glob("*.whl")
    (wheel,) = built.glob("*.whl")
    assert set(zipfile.ZipFile(again).namelist()) == set(zipfile.ZipFile(wheel).namelist())


def test_the_editable_install_reads_the_checkout(checkout: Path, tmp_path: Path) -> None:
    python = empty_environment(tmp_path / "venv")
    run(
        python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
        "--editable", checkout, cwd=tmp_path,
    )  # fmt: skip
    assert run(python, "-c", PROBE, cwd=tmp_path).strip() == "False"
