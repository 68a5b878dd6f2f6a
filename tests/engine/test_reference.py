"""The operation reference: complete, in step with the engine, and its examples are run."""

import re
from pathlib import Path

import pytest

from undergrad.cases import OPERATIONS
from undergrad.cases import reference as module
from undergrad.cases.examples import EXAMPLES

PAGE = Path(__file__).parents[2] / "docs" / "engine" / "operations.md"


def test_the_page_is_in_step_with_the_engine():
    message = "run `python -m undergrad.cases.reference`"
    assert PAGE.read_text("utf-8") == module.page(), message


def test_every_operation_has_one_entry_and_an_example_that_calls_it():
    headings = re.findall(r"^### (.*)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(case.name for case in OPERATIONS) == sorted(EXAMPLES)
    assert all(EXAMPLES[name].startswith(f"{name}(") for name in headings)


@pytest.mark.parametrize("case", OPERATIONS, ids=lambda case: case.name)
def test_every_operation_says_what_becomes_of_the_gradient(case):
    assert re.search(r"gradient|derivative|receives|d/d", case.ours.__doc__)


def test_an_entry_has_call_shapes_twin_and_what_the_example_prints():
    linear = next(case for case in OPERATIONS if case.name == "linear")
    entry = module.entry(linear)
    assert "linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor" in entry
    assert "- In PyTorch: `torch.nn.functional.linear`" in entry
    assert "- Readable twin: `ops.linalg.linear_simple`" in entry
    assert "(3, 4) with (2, 4) with (2,) gives (3, 2)" in entry
    assert "tensor([15., 28.], op='linear')" in entry  # -1 + 2 * 3 + 10 and -4 + 2 * 6 + 20


def test_signs_of_markdown_are_escaped_outside_code():
    assert module.described("a * b_c `d_e`")[0] == "a \\* b\\_c `d_e`\n"
