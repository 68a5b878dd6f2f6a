"""Undergrad beside a project: the wheel can be installed, whether it was built or collected."""

import subprocess
import sys
import zipfile
from importlib.metadata import Distribution

import pytest

from undergrad import __version__, capstone
from undergrad.capstone import wheel as wheels


def installed(wheel, folder):
    """Install a wheel alone into a folder, and say where its engine comes from."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
        with zipfile.ZipFile(wheel) as archive:  # an environment without pip
            archive.extractall(folder)
    else:
        subprocess.run([*pip, "--target", str(folder), str(wheel)], check=True)
    code = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); import undergrad.engine as e; "
        "print(e.__file__); from undergrad import datasets; print(datasets.digits()[0].shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    where, shape = done.stdout.splitlines()
    assert where.startswith(str(folder)) and shape == "(1797, 8, 8)"


@pytest.mark.slow  # builds a wheel
def test_a_project_carries_undergrad_with_it(project, tmp_path):
    (project / "requirements.txt").write_text("numpy==2.4.6\n")
    wheel = capstone.pack(project)
    assert wheel == project / "wheels" / f"undergrad-{__version__}-py3-none-any.whl"
    lines = ["--find-links wheels", "numpy==2.4.6", f"undergrad=={__version__}"]
    assert (project / "requirements.txt").read_text().splitlines() == lines
    installed(wheel, tmp_path / "one")
    collected = tmp_path / wheel.name
    found = Distribution.at(next((tmp_path / "one").glob("undergrad-*.dist-info")))
    wheels._collect(found, collected)
    installed(collected, tmp_path / "two")
    names = [set(zipfile.ZipFile(each).namelist()) for each in (wheel, collected)]
    assert names[0] == names[1]
    capstone.pack(project)
    assert (project / "requirements.txt").read_text().splitlines() == lines
