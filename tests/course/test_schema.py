"""The schema that editors use says what the loader says."""

from undergrad.course import schema
from undergrad.course.files import Outline
from undergrad.locate import data_path


def test_the_committed_schema_is_in_step() -> None:
    committed = (data_path("curriculum") / schema.NAME).read_text(encoding="utf-8")
    assert committed == schema.text(), "run python -m undergrad.course.schema"


def test_unknown_keys_are_refused_everywhere() -> None:
    shapes = schema.schema()["$defs"]
    assert {
        name for name, shape in shapes.items() if shape["additionalProperties"] is not False
    } == (set())
    assert set(shapes["Outline"]["properties"]) == set(Outline.__dataclass_fields__)


def test_every_yaml_file_asks_for_it() -> None:
    root = data_path("curriculum")
    for name in ("course.yaml", "resources.yaml", "paths.yaml", "glossary.yaml"):
        first = (root / name).read_text(encoding="utf-8").partition("\n")[0]
        assert first == f"# yaml-language-server: $schema={schema.NAME}"
