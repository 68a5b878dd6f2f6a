"""Cases that answer wrongly, forge an answer, or tamper with what judges them.

Name: (before, body, the verdict or all verdicts that are right). See `corpus` for the words.
"""

Verdicts = str | set[str]

# Writes a frame as the worker does, with a wrong number as the answer to the first case.
_FORGER = """
import json, os, struct
def forge(fd, say):
    header = json.dumps(say).encode()
    os.write(fd, struct.pack("<II", len(header), 0) + header)
ANSWER = dict(say="answer", check="$check", run=0, again=False, raised=None, used=[], returned="",
              changed=[], value=["float", "0x0.0p+0"])
"""

LIES: dict[str, tuple[str, str, Verdicts]] = {
    # It speaks in the checker's place.
    "closed descriptors": ("import os; os.closerange(0, 1024)", "return 0", "crashed"),
    "noise in the channel": (
        "import os\nfor fd in range(3, 64):\n    try: os.write(fd, b'{\"pass\": true}' * 99)\n"
        "    except OSError: pass",
        "return 0",
        "crashed",
    ),
    "forged answers": (
        _FORGER + "for fd in range(3, 64):\n    try: forge(fd, ANSWER)\n    except OSError: pass",
        "return 0",
        "crashed",
    ),
    "forged end": (
        _FORGER
        + "for fd in range(3, 64):\n    try: forge(fd, dict(say='done', value=['const', None]))"
        "\n    except OSError: pass\nos._exit(0)",
        "return 0",
        "crashed",
    ),
    "printed verdict": ("", 'print(\'{"verdict": "pass"}\'); return 0', "fail"),
    "terminal escapes": ("", "print('\\x1b[2J\\x1b]0;passed\\x07 passed'); return 0", "fail"),
    # Objects that claim to be equal.
    "equal to everything": (
        "class Yes:\n    def __eq__(self, other): return True\n    __array__ = None",
        "return Yes()",
        {"fail", "error"},
    ),
    "array equal to everything": (
        "class Yes(np.ndarray):\n    def __eq__(self, other): return np.array(True)",
        "return np.zeros(4).view(Yes)",
        "fail",
    ),
    "lies about its class": (
        "class Lie:\n    @property\n    def __class__(self): return np.ndarray",
        "return Lie()",
        {"fail", "error"},
    ),
    "float with its own ==": (
        "class F(float):\n    def __eq__(self, other): return True",
        "return F(1)",
        "fail",
    ),
    # It changes the tools of the judge, in its own process.
    "patched comparison": (
        "np.allclose = np.array_equal = np.isclose = lambda *a, **k: True\n"
        "import builtins; builtins.all = lambda *a: True",
        "return np.zeros(4)",
        {"fail", "error"},
    ),
    "patched builtins": (
        "import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.type = lambda *a: float",
        "return 0",
        {"fail", "error", "crashed"},
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
    "patched JSON": (
        "import json; json.dumps = lambda *a, **k: '{}'",
        "return 0",
        {"crashed", "fail"},
    ),
    "rewritten checks": (
        "import gc\nfor each in gc.get_objects():\n"
        "    if callable(each) and '__undergrad__' in getattr(each, '__dict__', ()):\n"
        "        each.__code__ = (lambda code, rng: 0).__code__",
        "return 0",
        {"fail", "error"},
    ),
    "generator of the check rewound": (
        "import gc",
        "for each in gc.get_objects():\n        if isinstance(each, np.random.Generator):\n"
        "            each.bit_generator.state = np.random.default_rng(0).bit_generator.state\n"
        "    return 0",
        {"fail", "crashed"},
    ),
    "own module replaced": ("import sys; sys.modules[__name__] = None", "return 0", "fail"),
    "trace of the check": (
        "import sys; sys.settrace(lambda *a: None); sys.setprofile(lambda *a: None)",
        "return 0",
        "fail",
    ),
    # Its numbers are not the right ones.
    "zero": ("", "return 0", "fail"),
    "nothing": ("", "pass", {"fail", "error"}),
    "printed in place of returned": ("", "print(_right($args))", {"fail", "error"}),
    "nan": ("", "return np.full(4, np.nan)", "fail"),
    "not a value": ("", "return lambda: 0", "fail"),
    "text": ("", "return str(_right($args))", "fail"),
    "generator": ("", "yield 0", {"fail", "error"}),
    "coroutine": ("async def later(): return 0", "return later()", "fail"),
    "constant": ("", "return np.array([2.0, 2.0, 2.0, 2.0])", "fail"),
    "the first answer for ever": (
        "kept = []",
        "kept.append(_right($args)); return kept[0]",
        "fail",
    ),
    "right every other time": (
        "calls = []",
        "calls.append(1); return _right($args) if len(calls) % 2 else 0",
        {"fail", "error"},
    ),
    "right for a while": (
        "calls = []",
        "calls.append(1); return _right($args) if len(calls) < 3 else 0",
        {"fail", "error"},
    ),
    "numbers of its own": (
        "from numpy.random import normal",
        "a = _right($args)\n    a = a[0] if isinstance(a, tuple) else a\n"
        "    return a + normal(size=np.shape(a))",
        "fail",
    ),
    "other signs": (
        "def minus(a): return tuple(map(minus, a)) if isinstance(a, tuple) else -a",
        "return minus(_right($args))",
        "fail",
    ),
    "twice as much": (
        "def twice(a): return tuple(map(twice, a)) if isinstance(a, tuple) else 2 * a",
        "return twice(_right($args))",
        "fail",
    ),
    "a list in place of an array": (
        "def plain(a):\n"
        "    return list(map(plain, a)) if isinstance(a, tuple) else np.array(a).tolist()",
        "return plain(_right($args))",
        "fail",
    ),
    "single precision": (
        "def single(a):\n"
        "    return tuple(map(single, a)) if isinstance(a, tuple) else np.asarray(a, 'f4')",
        "return single(_right($args))",
        "fail",
    ),
    "one axis more": (
        "def more(a):\n"
        "    return tuple(map(more, a)) if isinstance(a, tuple) else np.asarray(a)[None]",
        "return more(_right($args))",
        {"fail", "error"},
    ),
}
