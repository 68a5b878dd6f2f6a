"""The small project of the capstone tests, with a notebook that has outputs and a real picture."""

import base64
import io
import json
from pathlib import Path

import pytest
from PIL import Image
from tests.capstone.conftest import CODE, write_notebook
from tests.capstone.conftest import project as small

__all__ = ["project", "small"]


def png(colour: str = "red", size: tuple[int, int] = (40, 20)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def project(small: Path) -> Path:
    """A complete project: a picture, and a notebook that printed and drew something."""
    (small / "result.png").write_bytes(png())
    write_notebook(small, CODE)
    add_outputs(
        small,
        {"output_type": "stream", "name": "stdout", "text": "0.81 beside 0.40\n"},
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"image/png": base64.b64encode(png("blue")).decode(), "text/plain": "<Figure>"},
        },
    )
    return small


def add_outputs(folder: Path, *outputs: dict[str, object]) -> None:
    """Let the last cell of the notebook have these outputs."""
    path = folder / "notebook.ipynb"
    data = json.loads(path.read_text("utf-8"))
    data["cells"][-1]["outputs"] = list(outputs)
    path.write_text(json.dumps(data), "utf-8")
