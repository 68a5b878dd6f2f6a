"""Building the site: gather, write the sources, run MkDocs on them.

MkDocs runs as a process of its own. It is slow to import, prints as it likes and changes global
state of Markdown and of logging; none of that belongs in a command that also serves pages.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from undergrad.course.models import Course
from undergrad.errors import ToolError
from undergrad.files import output_folder, refuse_other_output
from undergrad.journey import Learner
from undergrad.markup import demand_address
from undergrad.site.gather import gather
from undergrad.site.workdir import assemble

_MARK = ".undergrad-site"  # lies in every folder we built, and lists its files
_SECONDS = 300.0


def build(
    course: Course,
    me: Learner | None,
    out: Path,
    *,
    workdir: Path | None = None,
    live: bool = False,
    url: str = "",
) -> Path:
    """Build the whole site into the folder `out` and return it.

    me: whose progress the pages show; None for the course alone.
    workdir: where the sources are put together. Kept between builds it saves copying, so a journey
        has one; without a journey, or with a read-only one, a temporary folder is used.
    live: leave out the sentence that calls this copy a snapshot: a server keeps it up to date.
    url: the address at which the copy will be published, if that is not the root of its host.

    Raises UsageError when `out` holds something that is not a site, ToolError when MkDocs fails.
    """
    demand_address(url)
    refuse_other_output(out, _MARK)
    snapshot = gather(course, me)
    taken = "" if live else datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    if workdir is None and me is not None and os.access(me.journey.private, os.W_OK):
        workdir = me.journey.private / "site" / "copy"
    if workdir is not None:
        return _build(assemble(snapshot, workdir, taken=taken, url=url), out)
    with tempfile.TemporaryDirectory(prefix="undergrad-site-") as temporary:
        return _build(assemble(snapshot, Path(temporary), taken=taken, url=url), out)


def _build(config: Path, out: Path) -> Path:
    with output_folder(out, _MARK) as fresh:
        run_mkdocs(config, fresh)
    return out


def run_mkdocs(config: Path, out: Path) -> None:
    """Run MkDocs quietly; ToolError with the end of its output when it does not succeed."""
    # -P: no file in the current folder can stand in for a module, whatever its name.
    # Not --quiet: it also silences the warnings that --strict counts, and so switches it off.
    arguments = [sys.executable, "-P", "-m", "mkdocs", "build", "--strict"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [*arguments, "--config-file", str(config), "--site-dir", str(out)],
            env=environment,
            cwd=config.parent,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"The site could not be built: {error}") from error
    if done.returncode != 0:
        output = [line for line in done.stderr.splitlines() if not line.startswith("INFO")][-12:]
        raise ToolError("The site could not be built; the end of its output:\n" + "\n".join(output))


def remove(folder: Path) -> None:
    """Remove a folder that `build` made. Any other is left alone."""
    if (folder / _MARK).is_file():
        shutil.rmtree(folder, ignore_errors=True)
