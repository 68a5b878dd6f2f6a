"""The container for editors and GitHub Codespaces: what it names exists, and fits the project."""

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from undergrad.site.server import PORT

ROOT = Path(__file__).parents[1]
CONTAINER = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
COMMANDS = {name: value for name, value in CONTAINER.items() if name.endswith("Command")}
# What containers.dev lists for a container made from an image, as far as it is used here.
KNOWN = {
    "name": str,
    "image": str,
    "onCreateCommand": str,
    "remoteEnv": dict,
    "forwardPorts": list,
    "portsAttributes": dict,
    "customizations": dict,
}
VENV = "${containerWorkspaceFolder}/.venv/bin"


def test_every_property_is_known_and_of_its_type():
    assert {name: type(value) for name, value in CONTAINER.items()} == KNOWN


def test_its_python_is_one_that_we_support():
    found = re.fullmatch(r"python:3\.(\d+)-\w+", CONTAINER["image"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    least = re.fullmatch(r">=3\.(\d+)", project["requires-python"])
    assert found and least and int(found[1]) >= int(least[1])


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_is_a_target_of_the_makefile(command):
    program, *targets = shlex.split(command)
    assert program == "make" and targets
    for target in targets:
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_it_uses_the_environment_that_make_makes():
    assert "BIN := .venv/bin\n" in (ROOT / "Makefile").read_text("utf-8")
    assert CONTAINER["remoteEnv"]["PATH"].startswith(f"{VENV}:")
    settings = CONTAINER["customizations"]["vscode"]["settings"]
    assert settings == {"python.defaultInterpreterPath": f"{VENV}/python"}


def test_it_forwards_the_port_of_the_site():
    assert CONTAINER["forwardPorts"] == [PORT]
    assert list(CONTAINER["portsAttributes"]) == [str(PORT)]
