"""What the page on projects tells people to type and to copy does what it says."""

import re

import pytest
import yaml
from click.testing import CliRunner

from undergrad.cli.app import cli
from undergrad.locate import data_path

PAGE = (data_path("docs") / "capstones.md").read_text("utf-8")
BLOCKS = re.findall(r"```[^\n]*\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = sorted(
    {line.strip() for block in BLOCKS for line in block.splitlines() if "undergrad " in line}
    | {code for code in re.findall(r"`(undergrad [^`]+)`", PAGE)}
)


def words(line: str) -> list[str]:
    """The words of a command, from `undergrad` on."""
    return line[line.index("undergrad ") :].split()[1:]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_on_the_page_is_one(line):
    typed = words(line)
    options = [each for each in typed if each.startswith("--")]
    command = typed[:2] if typed[0] in ("capstone", "portfolio") else typed[:1]
    result = CliRunner().invoke(cli, [*command, "--help"])
    assert result.exit_code == 0, result.output
    for option in options:
        assert option in result.output


def test_the_workflow_publishes_what_it_checked_and_only_by_hand():
    (text,) = re.findall(
        r'```yaml title="\.github/workflows/pages\.yml"\n(.*?)```', PAGE, re.DOTALL
    )
    flow = yaml.safe_load(text)
    assert flow[True] == ["workflow_dispatch"]  # YAML reads `on` as yes
    steps = flow["jobs"]["pages"]["steps"]
    (publish,) = (step["run"] for step in steps if "publish" in step.get("run", ""))
    assert "--check" in publish
    out = publish.split("--out ")[1]
    (upload,) = (step for step in steps if "upload-pages" in step.get("uses", ""))
    assert upload["with"]["path"] == out
    assert flow["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
