"""The README's commands do what it says: each block is run as it stands, in a fresh journey."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = [block.strip().splitlines() for block in re.findall(r"```sh\n(.*?)```", README, re.S)]
SLOW = ("undergrad train", "undergrad capstone")
BIN = Path(sys.executable).parent


def marked(block: list[str]) -> object:
    slow = any(line.startswith(SLOW) for line in block)
    return pytest.param(block, id=block[0], marks=[pytest.mark.slow] if slow else [])


def run(line: str, cwd: Path) -> subprocess.CompletedProcess:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        line.split(), cwd=cwd, env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture
def journey(tmp_path: Path) -> Path:
    assert run("undergrad init j", tmp_path).returncode == 0
    return tmp_path / "j"


@pytest.mark.parametrize("block", [marked(block) for block in BLOCKS])
def test_a_block_of_the_readme(block: list[str], journey: Path) -> None:
    for line in block:
        if line.startswith("make "):
            done = run(f"make --dry-run {line.removeprefix('make ')}", ROOT)
            assert done.returncode == 0, done.stderr
        elif line == "undergrad serve":
            assert_it_serves(journey)
        else:
            done = run(line, journey)
            untouched = line.startswith(("undergrad check", "undergrad capstone check"))
            # An exercise and a project that nobody has worked on fail, as they should.
            assert done.returncode == (1 if untouched else 0), done.stdout + done.stderr


def assert_it_serves(journey: Path) -> None:
    server = subprocess.Popen(
        [BIN / "undergrad", "serve", "--no-browser", "--port", "0"],
        cwd=journey, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        said = server.stdout.readline()
        address = re.search(r"http://\S+", said)
        assert address, said
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        page = browser.open(address[0]).read().decode()
        assert "Fahrenheit from Celsius" in page
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)
    assert server.returncode == 0


def test_the_readme_names_every_folder_of_the_package() -> None:
    folders = {path.parent.name for path in (ROOT / "src" / "undergrad").glob("*/__init__.py")}
    assert folders <= set(re.findall(r"^  (\w+)/ ", README, re.M))


def test_every_file_and_picture_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    missing = [link for link in links if not (ROOT / link).exists()]
    assert links and not missing
