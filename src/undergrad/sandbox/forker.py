"""A warm parent: `python -I -m undergrad.sandbox.forker MODULE ...`, started by `warm`.

It imports NumPy and the modules that it is given, then waits on the socket that is its standard
input, and forks once for each request. A child goes through the same `launcher` as a process that
was started for one job. This process never sees a job: a child reads its own.

What children must not share is set apart in `_set_apart`. They do share the order of a set of
strings, which Python draws once for each start.
"""

import gc
import json
import os
import random
import socket
import sys
from importlib import import_module
from typing import NoReturn

import numpy as np

from undergrad.sandbox import launcher
from undergrad.sandbox.warm import DESCRIPTOR, MOST


def main() -> NoReturn:
    """Answer requests until the other side closes the socket; then all children end, too."""
    for module in sys.argv[1:]:
        import_module(module)
    np.random.seed()  # whatever this loads, it loads once
    gc.collect()
    gc.freeze()  # so that no child copies what is here by counting it
    asked = socket.socket(fileno=os.dup(0))
    asked.send(_answer(threads=len(os.listdir("/proc/self/task"))))
    while True:
        request, descriptors, *_ = socket.recv_fds(asked, MOST, 3)
        match json.loads(request or b"null"):
            case {"fork": str(scratch)}:
                pid = os.fork()
                if pid == 0:
                    asked.detach()
                    _set_apart(scratch, *descriptors)
                    launcher.main()
                for each in descriptors:
                    os.close(each)
                asked.send(_answer(pid=pid))
            case {"wait": int(pid)}:
                asked.send(_answer(code=os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
            case _:
                os._exit(0)


def _answer(**values: int) -> bytes:
    return json.dumps(values).encode()


def _set_apart(scratch: str, job: int, output: int, messages: int) -> None:
    """Give a child a session, descriptors, an environment and random numbers of its own."""
    os.setsid()
    for descriptor, number in ((job, 0), (output, 1), (output, 2), (messages, DESCRIPTOR)):
        if descriptor != number:
            os.dup2(descriptor, number)
    os.closerange(DESCRIPTOR + 1, os.sysconf("SC_OPEN_MAX"))
    os.chdir(scratch)
    os.environ.update(HOME=scratch, TMPDIR=scratch)
    random.seed()
    np.random.seed()


if __name__ == "__main__":
    main()
