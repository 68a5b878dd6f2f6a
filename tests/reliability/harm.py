"""Cases that end, hang, flood or overrun the process they run in.

Name: (before, body, the verdict or all verdicts that are right). See `corpus` for the words.
"""

Verdicts = str | set[str]

HARM: dict[str, tuple[str, str, Verdicts]] = {
    # It ends the process, at some moment and in some way.
    "os._exit at import": ("import os; os._exit(0)", "return 0", "crashed"),
    "os._exit in a call": ("import os", "os._exit(0)", "crashed"),
    "os._exit after right answers": (
        "import os; calls = []",
        "calls.append(1)\n    if len(calls) > 3: os._exit(0)\n    return _right($args)",
        "crashed",
    ),
    "sys.exit at import": ("import sys; sys.exit(0)", "return 0", "crashed"),
    "sys.exit in a call": ("import sys", "sys.exit(0)", "crashed"),
    "os._exit at exit": ("import atexit, os; atexit.register(os._exit, 0)", "return 0", "fail"),
    "interrupt": ("", "raise KeyboardInterrupt", "error"),
    "generator exit": ("", "raise GeneratorExit", "error"),
    "abort": ("import os", "os.abort()", "crashed"),
    "segmentation fault": ("import ctypes", "ctypes.string_at(0)", "crashed"),
    "kills itself": ("import os", "os.kill(os.getpid(), 9)", "crashed"),
    "kills its group": ("import os", "os.killpg(0, 9)", "crashed"),
    "kills its parent": ("import os", "os.kill(os.getppid(), 9); return 0", {"fail", "crashed"}),
    "becomes another program": ("import os", "os.execv('/bin/true', ['true'])", "crashed"),
    # It does not end.
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
    "signals blocked": (
        "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))",
        "while True: pass",
        "timeout",
    ),
    "alarm taken away": (
        "import signal; signal.setitimer(signal.ITIMER_REAL, 0)",
        "while True: pass",
        "timeout",
    ),
    "sleeps": ("import time", "time.sleep(1000)", "timeout"),
    "a little too slow every time": (
        "import time",
        "time.sleep(1.2); return 0",
        {"fail", "timeout"},
    ),
    "stops itself": ("import os, signal", "os.kill(os.getpid(), signal.SIGSTOP)", "timeout"),
    "slow regular expression": ("import re", "re.match('(a+)+$$', 'a' * 60 + 'b')", "timeout"),
    "long sum in C": ("", "return sum(range(10 ** 13))", "timeout"),
    "loop in __del__": (
        "class A:\n    def __del__(self):\n        while True: pass",
        "A()",
        "timeout",
    ),
    "waits for a lock": (
        "import threading; lock = threading.Lock(); lock.acquire()",
        "lock.acquire()",
        "timeout",
    ),
    # It takes all of something.
    "growing list": ("", "a = []\n    while True: a.append(bytes(10 ** 7))", "memory"),
    "huge bytes": ("", "return bytes(10 ** 12)", "memory"),
    "huge array": ("", "return np.ones(10 ** 11)", "memory"),
    "limits taken away": (
        "import resource\ntry: resource.setrlimit(resource.RLIMIT_AS, (-1, -1))\n"
        "except (OSError, ValueError): pass",
        "return bytes(10 ** 12)",
        "memory",
    ),
    "large answer": ("", "return np.ones((1000, 1000, 9))", {"fail", "output-limit"}),
    "large number": ("", "return 1 << (1 << 24)", "fail"),
    "deep list": ("", "a = []\n    for _ in range(10 ** 5): a = [a]\n    return a", "fail"),
    "list in itself": ("", "a = []; a.append(a); return a", "fail"),
    "deep recursion": ("", "return $name($args)", "error"),
    "recursion without a limit": (
        "import sys; sys.setrecursionlimit(10 ** 9)",
        "return $name($args)",
        {"crashed", "memory", "timeout", "error"},
    ),
    "a gigabyte of output": (
        "import os",
        "for _ in range(1024): os.write(1, b'x' * 2 ** 20)",
        "output-limit",
    ),
    "endless lines": ("", "while True: print('again')", {"output-limit", "timeout"}),
    "endless errors": ("import sys", "while True: sys.stderr.write('a' * 9999)", "output-limit"),
    "many descriptors": ("import os; keep = []", "while True: keep.append(os.dup(0))", "error"),
    "a huge file": (
        "",
        "with open('big', 'wb') as file:\n        while True: file.write(bytes(10 ** 7))",
        "error",
    ),
    # It starts other processes.
    "fork": ("import os", "os.fork(); return 0", {"fail", "crashed"}),
    "fork bomb": (
        "import os",
        "while True:\n        try: os.fork()\n        except OSError: pass",
        {"timeout", "crashed"},
    ),
    "fork bomb in new sessions": (
        "import os",
        "while True:\n        try:\n            if os.fork() == 0: os.setsid()\n"
        "        except OSError: pass",
        {"timeout", "crashed"},
    ),
    "daemon": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        time.sleep(1000)\n    os._exit(0)",
        "return 0",
        "fail",
    ),
    "daemon deaf to signals": (
        "import os, signal\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        for n in (1, 2, 3, 13, 14, 15): signal.signal(n, signal.SIG_IGN)\n"
        "        while True: pass\n    os._exit(0)",
        "return 0",
        "fail",
    ),
    "program left running": (
        "import subprocess; subprocess.Popen(['sleep', '1000'], start_new_session=True)",
        "return 0",
        "fail",
    ),
    "threads": (
        "import threading, time\n"
        "for _ in range(20): threading.Thread(target=time.sleep, args=(1000,)).start()",
        "return 0",
        {"fail", "error"},
    ),
    # It reaches for what is not its own.
    "looks for the solution": (
        "import pathlib\nfolder = pathlib.Path('$folder')\n"
        "found = [*folder.rglob('solution.py'), *pathlib.Path('.').rglob('solution.py')]\n"
        "exec(found[0].read_text())",
        "return 0",
        "error",
    ),
    "deletes the unit": (
        "import shutil\nfor place in ('$folder', '.'):\n"
        "    shutil.rmtree(place, ignore_errors=True)",
        "return 0",
        "fail",
    ),
    "writes beside the unit": (
        "import pathlib\npathlib.Path('$folder', '..', 'written').write_text('x')",
        "return 0",
        "error",
    ),
    "calls home": (
        "import socket",
        "socket.create_connection(('127.0.0.1', 9), timeout=1); return 0",
        "error",
    ),
    "asks the keyboard": ("", "return input()", "error"),
    "breakpoint": ("", "breakpoint()", {"error", "fail"}),
    "error without words": (
        "class E(Exception):\n    def __str__(self): raise E",
        "raise E",
        "error",
    ),
}
