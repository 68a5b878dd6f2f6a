"""Undergrad itself as a wheel beside a project, so that a stranger can run it with Python alone."""

import base64
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

from undergrad import __version__
from undergrad.errors import ToolError
from undergrad.locate import data_path

FOLDER = "wheels"
_LINE = f"--find-links {FOLDER}"
_ADDED = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}  # by the installer


def pack(folder: Path) -> Path:
    """Write the wheel into `folder/wheels`, let requirements.txt look there, and return its path.

    Raises ToolError when the wheel cannot be made or written.
    """
    target = folder / FOLDER / f"undergrad-{__version__}-py3-none-any.whl"
    source = data_path("templates").parent
    try:
        target.parent.mkdir(exist_ok=True)
        if (source / "pyproject.toml").is_file():
            _build(source, target)
        else:
            _collect(distribution("undergrad"), target)
        _look_there(folder / "requirements.txt")
    except OSError as error:
        raise ToolError(f"{target} could not be written: {error.strerror or error}.") from error
    return target


def _build(source: Path, target: Path) -> None:
    """From a checkout, by the build tool that installed it."""
    with tempfile.TemporaryDirectory(prefix="undergrad-wheel-") as out:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out]
        done = subprocess.run(command, cwd=source, capture_output=True, text=True)
        built = next(Path(out).glob("*.whl"), None)
        if done.returncode or built is None:
            reason = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise ToolError(f"The wheel of undergrad could not be built: {reason}")
        target.write_bytes(built.read_bytes())


def _collect(installed: Distribution, target: Path) -> None:
    """From an installed package: the files that its own record lists, and a record of them."""
    files = [
        each
        for each in installed.files or ()
        if ".." not in each.parts and each.suffix != ".pyc" and each.name not in _ADDED
    ]
    record = ""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as wheel:
        for each in files:
            content = Path(str(each.locate())).read_bytes()
            wheel.writestr(each.as_posix(), content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            record += f"{each.as_posix()},sha256={digest.decode()},{len(content)}\n"
        name = f"undergrad-{__version__}.dist-info/RECORD"
        wheel.writestr(name, f"{record}{name},,\n")


def _look_there(requirements: Path) -> None:
    lines = requirements.read_text("utf-8").splitlines() if requirements.is_file() else []
    if not any(line.startswith("undergrad==") for line in lines):
        lines.append(f"undergrad=={__version__}")
    if _LINE not in lines:
        lines.insert(0, _LINE)
    requirements.write_text("\n".join(lines) + "\n", encoding="utf-8")
