"""`curriculum/schema.json`: what editors know about the course's files while somebody types.

    python -m undergrad.course.schema        writes it again, after a change to the models

It is made from the same dataclasses that `course.validate` checks against, so the two cannot
disagree. A file asks for it with a first line `# yaml-language-server: $schema=schema.json`;
which of the shapes a file has, its keys tell.
"""

import json
from typing import Any

from undergrad.course.files import (
    CourseFile,
    GlossaryFile,
    PathsFile,
    Questions,
    ResourcesFile,
    StageFront,
    UnitFront,
)
from undergrad.course.validate import adapter
from undergrad.locate import data_path

NAME = "schema.json"
SHAPES = (
    CourseFile, PathsFile, ResourcesFile, GlossaryFile, StageFront, UnitFront, Questions
)  # fmt: skip


def schema() -> dict[str, Any]:
    """The JSON schema that every YAML file and front matter of the curriculum fits."""
    from pydantic import TypeAdapter

    # The references come first: an editor tries the shapes in turn and shows the best match.
    shapes, schema = TypeAdapter.json_schemas(
        [(number, "validation", adapter(shape)) for number, shape in enumerate(SHAPES)],
        title="The files of the curriculum",
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "anyOf": list(shapes.values()),
        **schema,
    }


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def write() -> None:
    """Write `schema.json` into the curriculum of this checkout."""
    path = data_path("curriculum") / NAME
    path.write_text(text(), encoding="utf-8")
    print(f"{path} is up to date.")


if __name__ == "__main__":
    write()
