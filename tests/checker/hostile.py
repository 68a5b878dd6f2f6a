"""Files that must not pass: each solves nothing, or solves it while doing harm.

`CORPUS` maps a name to (what stands before the exercise's functions, what stands in the function
`column_means`, the verdict, or several that are all right). The rest of the file is the solution,
so that only the harm can keep it from passing.
"""

from pathlib import Path

FOLDER = Path(__file__).parent / "fixtures/2-mathematics/columns"
SOLUTION = (FOLDER / "solution.py").read_text("utf-8")

# Writes a frame as the worker does, with a wrong number as the answer to the first case.
FORGER = """
import json, os, struct
def forge(fd, say):
    header = json.dumps(say).encode()
    os.write(fd, struct.pack("<II", len(header), 0) + header)
ANSWER = dict(say="answer", check="means", run=0, again=False, raised=None, used=[], returned="",
              changed=[], value=["float", "0x0.0p+0"])
"""

CORPUS = {
    "os._exit at import": ("import os; os._exit(0)", "return 0", "crashed"),
    "os._exit in a call": ("import os", "os._exit(0)", "crashed"),
    "sys.exit at import": ("import sys; sys.exit(0)", "return 0", "crashed"),
    "sys.exit in a call": ("import sys", "sys.exit(0)", "crashed"),
    "os._exit at exit": ("import atexit, os; atexit.register(os._exit, 0)", "return 0", "fail"),
    "interrupt": ("", "raise KeyboardInterrupt", "error"),
    "abort": ("import os", "os.abort()", "crashed"),
    "segmentation fault": ("import ctypes", "ctypes.string_at(0)", "crashed"),
    "kills itself": ("import os", "os.kill(os.getpid(), 9)", "crashed"),
    "kills its group": ("import os", "os.killpg(0, 9)", "crashed"),
    "loop at import": ("while True: pass", "return 0", "timeout"),
    "loop in a call": ("", "while True: pass", "timeout"),
    "loop that catches all": (
        "",
        "while True:\n        try:\n            while 1: pass\n        except BaseException: pass",
        "timeout",
    ),
    "deaf to signals": (
        "import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass",
        "while True: pass",
        "timeout",
    ),
    "sleeps": ("import time", "time.sleep(1000)", "timeout"),
    "stops itself": ("import os, signal", "os.kill(os.getpid(), signal.SIGSTOP)", "timeout"),
    "slow regular expression": ("import re", "re.match('(a+)+$', 'a' * 60 + 'b')", "timeout"),
    "loop in __del__": (
        "class A:\n    def __del__(self):\n        while True: pass",
        "A()",
        "timeout",
    ),
    "growing list": ("", "a = []\n    while True: a.append(bytes(10 ** 7))", "memory"),
    "huge bytes": ("", "return bytes(10 ** 12)", "memory"),
    "huge array": ("", "return np.ones(10 ** 11)", "memory"),
    "large answer": ("", "return np.ones((1000, 1000, 9))", {"fail", "output-limit"}),
    "deep recursion": ("", "return column_means(x)", "error"),
    "a gigabyte of output": (
        "import os",
        "for _ in range(1024): os.write(1, b'x' * 2 ** 20)",
        "output-limit",
    ),
    "endless lines": ("", "while True: print('again')", {"output-limit", "timeout"}),
    "endless errors": ("import sys", "while True: sys.stderr.write('a' * 9999)", "output-limit"),
    "fork": ("import os", "os.fork(); return 0", {"fail", "crashed"}),
    "fork bomb": (
        "import os",
        "while True:\n        try: os.fork()\n        except OSError: pass",
        {"timeout", "crashed"},
    ),
    "daemon": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        time.sleep(1000)\n    os._exit(0)",
        "return 0",
        "fail",
    ),
    "threads": (
        "import threading, time\n"
        "for _ in range(20): threading.Thread(target=time.sleep, args=(1000,)).start()",
        "return 0",
        {"fail", "error"},
    ),
    "closed descriptors": ("import os; os.closerange(0, 1024)", "return 0", "crashed"),
    "noise in the channel": (
        "import os\nfor fd in range(3, 64):\n    try: os.write(fd, b'{\"pass\": true}' * 99)\n"
        "    except OSError: pass",
        "return 0",
        "crashed",
    ),
    "forged answers": (
        FORGER + "for fd in range(3, 64):\n    try: forge(fd, ANSWER)\n    except OSError: pass",
        "return 0",
        "crashed",
    ),
    "forged end": (
        FORGER
        + "for fd in range(3, 64):\n    try: forge(fd, dict(say='done', value=['const', None]))"
        "\n    except OSError: pass\nos._exit(0)",
        "return 0",
        "crashed",
    ),
    "equal to everything": (
        "class Yes:\n    def __eq__(self, other): return True\n    __array__ = None",
        "return Yes()",
        "fail",
    ),
    "array equal to everything": (
        "class Yes(np.ndarray):\n    def __eq__(self, other): return np.array(True)",
        "return np.zeros(4).view(Yes)",
        "fail",
    ),
    "lies about its class": (
        "class Lie:\n    @property\n    def __class__(self): return np.ndarray",
        "return Lie()",
        "fail",
    ),
    "float with its own ==": (
        "class F(float):\n    def __eq__(self, other): return True",
        "return F(1)",
        "fail",
    ),
    "patched comparison": (
        "np.allclose = np.array_equal = np.isclose = lambda *a, **k: True\n"
        "import builtins; builtins.all = lambda *a: True",
        "return np.zeros(4)",
        {"fail", "error"},
    ),
    "patched checker": (
        "import undergrad.checker.compare as c, undergrad.checker.grade as g\n"
        "c.difference = g.difference = lambda *a: None; c.same = g.same = lambda *a: True",
        "return np.zeros(4)",
        "fail",
    ),
    "patched codec": (
        "import undergrad.checker.worker\nimport undergrad.checker.codec as c\n"
        "c._Writer.write = lambda *a: ['pass']",
        "return np.zeros(4)",
        {"crashed", "fail"},
    ),
    "looks for the solution": (
        f"import pathlib\nfolder = pathlib.Path({str(FOLDER)!r})\n"
        "found = [*folder.rglob('solution.py'), *pathlib.Path('.').rglob('solution.py')]\n"
        "exec(found[0].read_text())",
        "return 0",
        "error",
    ),
    "deletes the unit": (
        f"import shutil\nfor place in ({str(FOLDER)!r}, '.'):\n"
        "    shutil.rmtree(place, ignore_errors=True)",
        "return 0",
        "fail",
    ),
    "writes beside the tests": (
        f"import pathlib\npathlib.Path({str(FOLDER.parents[2])!r}, 'written').write_text('x')",
        "return 0",
        "error",
    ),
    "calls home": (
        "import socket",
        "socket.create_connection(('127.0.0.1', 9), timeout=1); return 0",
        "error",
    ),
    "nan": ("", "return np.full(4, np.nan)", "fail"),
    "not a value": ("", "return lambda: 0", "fail"),
    "constant": ("", "return np.array([2.0, 2.0, 2.0, 2.0])", "fail"),
    "asks the keyboard": ("", "return input()", "error"),
    "breakpoint": ("", "breakpoint()", {"error", "fail"}),
    "error without words": (
        "class E(Exception):\n    def __str__(self): raise E",
        "raise E",
        "error",
    ),
    "many descriptors": (
        "import os; keep = []",
        "while True: keep.append(os.dup(0))",
        "error",
    ),
}


def source(name: str) -> str:
    """The hostile file `name`."""
    before, body, _ = CORPUS[name]
    head, rest = SOLUTION.split("def column_means(x):\n    return x.mean(axis=0)\n")
    return f"{head}{before}\n\ndef column_means(x):\n    {body}\n{rest}"
