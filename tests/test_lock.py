"""Both installers take one lock: what pip installs from `requirements/` is what `uv.lock` says."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
EXPORTS = ("learner", "developer")
PINNED = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)")


def export(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")


def pins(text: str) -> dict[tuple[str, str], set[str]]:
    """(name, version) of every requirement, and the hashes that pip accepts for it."""
    found = {}
    for entry in text.replace("\\\n", "").splitlines()[1:]:
        name, version = PINNED.match(entry).groups()
        found[name, version] = set(re.findall(r"--hash=(\S+)", entry))
    return found


def locked() -> dict[tuple[str, str], set[str]]:
    """The same of every package in uv.lock."""
    packages = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    return {
        (each["name"], each["version"]): {
            file["hash"] for file in (*each.get("wheels", ()), *filter(None, [each.get("sdist")]))
        }
        for each in packages
        if "registry" in each["source"]
    }


def names(requirements: list[Any]) -> set[str]:
    """The packages of a list in pyproject.toml."""
    texts = [each for each in requirements if isinstance(each, str)]
    return {re.match(r"[\w-]+", each)[0].lower() for each in texts}


@pytest.mark.parametrize("name", EXPORTS)
def test_the_export_was_made_from_this_lock(name: str) -> None:
    checksum = hashlib.sha256((ROOT / "uv.lock").read_bytes()).hexdigest()
    assert export(name).splitlines()[0].endswith(checksum), "run `make lock`"


@pytest.mark.parametrize("name", EXPORTS)
def test_pip_gets_versions_and_hashes_of_the_lock(name: str) -> None:
    whole = locked()
    for pin, hashes in pins(export(name)).items():
        assert hashes and hashes <= whole[pin], pin


def test_everything_that_pyproject_asks_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    learner = names(project["project"]["dependencies"]) | names(groups["build"])
    assert learner <= {name for name, _ in pins(export("learner"))}
    assert learner | names(groups["dev"]) <= {name for name, _ in pins(export("developer"))}


def test_what_builds_the_package_is_installed_first() -> None:
    """pip builds it without a look-up, so the backend's own requirements must be there already."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert names(project["build-system"]["requires"]) <= {
        name for name, _ in pins(export("learner"))
    }
