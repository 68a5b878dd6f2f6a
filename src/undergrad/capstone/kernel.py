"""Runs one notebook on a fresh kernel, in a process of its own.

    python -m undergrad.capstone.kernel REQUEST

`execute` starts it in the sandbox with a request file; it answers in an outcome file, and writes
the executed notebook beside that.
"""

import json
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from undergrad.capstone.execute import KERNEL

_PARAMETERS = {"parameters", "injected-parameters"}  # the second of papermill, which overrides
MAX_OUTPUT = 20_000_000  # characters of all messages of a run


class _TooMuchOutput(Exception):
    pass


class _Client(NotebookClient):
    """Keeps the number of the running cell, and counts the output."""

    at = 0
    received = 0

    async def async_execute_cell(self, cell: Any, cell_index: int, *args: Any, **kw: Any) -> Any:
        self.at = cell_index + 1
        return await super().async_execute_cell(cell, cell_index, *args, **kw)

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        self.received += sum(len(str(value)) for value in msg["content"].values())
        if self.received > MAX_OUTPUT:
            raise _TooMuchOutput
        return super().process_message(msg, cell, cell_index)


def main(request_file: str) -> None:
    """Run what the request names, and write outcome.json and executed.ipynb beside it.

    `parameters` are lines of Python that are run at the end of the cell tagged `parameters`.
    """
    scratch = Path(request_file).parent
    request = json.loads(Path(request_file).read_text(encoding="utf-8"))
    text = Path(request["notebook"]).read_text(encoding="utf-8-sig")
    node = nbformat.reads(text, as_version=4)
    for cell in node.cells:
        if _PARAMETERS & set(cell.metadata.get("tags", ())):
            cell.source = "\n".join((cell.source, *request["parameters"]))
    client = _Client(
        node,
        kernel_name=KERNEL,
        timeout=request["cell_seconds"],
        iopub_timeout=30,
        raise_on_iopub_timeout=True,
        allow_errors=False,
        resources={"metadata": {"path": request["folder"]}},
    )
    outcome = _attempt(client)
    nbformat.write(node, scratch / "executed.ipynb")
    (scratch / "outcome.json").write_text(json.dumps(outcome), encoding="utf-8")


def _attempt(client: _Client) -> dict[str, Any]:
    try:
        client.execute()
    except CellTimeoutError:
        return _outcome(client, "cell-timeout", f"it did not finish within {client.timeout:g} s")
    except DeadKernelError:
        return _outcome(client, "dead-kernel", "the kernel died in it, or ran out of memory")
    except _TooMuchOutput:
        return _outcome(client, "too-much-output", "it prints without end")
    except CellExecutionError as error:
        name = "asks-for-input" if error.ename == "StdinNotImplementedError" else "cell-error"
        lines = str(error.evalue).strip().splitlines() or [""]
        return _outcome(client, name, f"{error.ename}: {lines[0][:300]}".rstrip(": "))
    return _outcome(client, "ok", "")


def _outcome(client: _Client, name: str, message: str) -> dict[str, Any]:
    return {"name": name, "cell": client.at, "message": message}


if __name__ == "__main__":
    main(sys.argv[1])
