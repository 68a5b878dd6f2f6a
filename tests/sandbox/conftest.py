"""A capstone to judge code in."""

import pytest

from undergrad.capstone import new, read_project
from undergrad.capstone.project import Project


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return read_project(new("supervised", "tiny", tmp_path_factory.mktemp("capstone")))
