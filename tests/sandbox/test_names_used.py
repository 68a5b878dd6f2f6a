"""One table of code: which names it uses, and whether a check and a capstone block it.

Both forbid `keras` and, below a module that is allowed, `torch.hub`.
"""

import ast
import pathlib
import re

import pytest

from undergrad.capstone.imports import imports
from undergrad.capstone.notebook import Cell
from undergrad.checker.rules import forbidden
from undergrad.checker.source import read
from undergrad.sandbox.names_used import Reader, covering

HUB = "torch.hub"

# what: (the code, a name that the reader must find)
BLOCKED = {
    "plain import": ("import keras", "keras"),
    "import as": ("import torch as t\nt.hub.load('a')", "torch.hub.load"),
    "import of a part": ("import torch.hub", HUB),
    "import of a part as": ("import torch.hub as h\nh.load", "torch.hub.load"),
    "from": ("from torch import hub", HUB),
    "from as": ("from torch import hub as h\nh.load", "torch.hub.load"),
    "star": ("from torch import *\nhub.load('a')", "torch.hub.load"),
    "star of the module itself": ("from keras import *", "keras"),
    "star, then a name of Python's own": ("from torch.hub import *\nmax(1, 2)", "torch.hub.max"),
    "attribute": ("import torch\nf = torch.hub.load", "torch.hub.load"),
    "alias": ("import torch\nt = torch\nt.hub", HUB),
    "alias of an alias, before it": ("def f(): return u.hub\nimport torch\nt = torch\nu = t", HUB),
    "alias with a type": ("import torch\nt: object = torch\nt.hub", HUB),
    "alias in a tuple": ("import torch\na, t = 1, torch\nt.hub", HUB),
    "alias in a nested tuple": ("import torch\na, [b, t] = 1, [2, torch]\nt.hub", HUB),
    "aliases in a chain": ("import torch\na = t = torch\nt.hub\n", HUB),
    "alias from a starred target": ("import torch\na, *t = 1, torch\nt[0].hub", HUB),
    "walrus": ("import torch\nif (t := torch):\n    t.hub", HUB),
    "walrus in place": ("import torch\n(t := torch).hub", HUB),
    "one of two": ("import torch, os\nt = torch if os.name else os\nt.hub", HUB),
    "either": ("import torch\nt = None or torch\nt.hub", HUB),
    "default argument": ("import torch\ndef f(x, t=torch): return t.hub", HUB),
    "keyword default": ("import torch\ndef f(x, *, t=torch): return t.hub", HUB),
    "default of a lambda": ("import torch\nf = lambda t=torch: t.hub", HUB),
    "alias in a function": ("import torch\ndef f():\n    t = torch\n    return t.hub", HUB),
    "import in a function": ("def f():\n    from torch import hub", HUB),
    "class attribute": ("import torch\nclass A:\n    t = torch\nA.t.hub", HUB),
    "class attribute of self": (
        "import torch\nclass A:\n    t = torch\n    def f(self): return self.t.hub", HUB,
    ),
    "attribute of self": (
        "import torch\nclass A:\n    def __init__(self): self.t = torch\n"
        "    def f(self): return self.t.hub", HUB,
    ),
    "import in a class": ("class A:\n    import keras", "keras"),
    "in a list": ("import torch\nlibs = [torch]\nlibs[0].hub", HUB),
    "in a dictionary": ("import torch\nlibs = {'t': torch}\nlibs['t'].hub", HUB),
    "in a loop": ("import torch\nfor t in (torch,):\n    t.hub", HUB),
    "in a comprehension": ("import torch\n[t.hub for t in [torch]]", HUB),
    "conditional": ("import os\nif os.name:\n    import keras", "keras"),
    "in an else": ("if False:\n    pass\nelse:\n    import keras", "keras"),
    "in a try": ("try:\n    import keras\nexcept ImportError:\n    pass", "keras"),
    "nested": ("def f():\n    class A:\n        def g(self):\n            import keras", "keras"),
    "only when imported": ("if __name__ != '__main__':\n    pass\nimport keras", "keras"),
    "not only for types": (
        "from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    import keras", "keras",
    ),
    "__import__": ("__import__('keras')", "keras"),
    "__import__ of a part": ("__import__('torch.nn').hub", HUB),
    "__import__ by keyword": ("__import__(name='keras')", "keras"),
    "builtins.__import__": ("import builtins\nbuiltins.__import__('keras')", "keras"),
    "__builtins__": ("__builtins__.__import__('keras')", "keras"),
    "__builtins__ as a dictionary": ("__builtins__['__import__']('keras')", "keras"),
    "import_module": ("import importlib\nimportlib.import_module('keras.layers')", "keras.layers"),
    "import_module by keyword": (
        "import importlib\nimportlib.import_module(name='keras')", "keras",
    ),
    "import_module as": (
        "from importlib import import_module as load\nload('keras')", "keras",
    ),
    "import_module kept": (
        "import importlib\nload = importlib.import_module\nload('keras')", "keras",
    ),
    "name in a variable": (
        "import importlib\nn = 'ker' + 'as'\nimportlib.import_module(n)", "keras",
    ),
    "names in a loop": (
        "from importlib import import_module\nfor n in ('os', 'keras'):\n    import_module(n)",
        "keras",
    ),
    "what import_module gives": (
        "from importlib import import_module\nt = import_module('torch')\nt.hub", HUB,
    ),
    "reload": ("import importlib, torch\nimportlib.reload(torch).hub", HUB),
    "sys.modules": ("import sys\nsys.modules['keras']", "keras"),
    "sys.modules.get": ("import sys\nsys.modules.get('keras')", "keras"),
    "from sys import modules": ("from sys import modules as m\nm['torch'].hub", HUB),
    "globals": ("import torch\nglobals()['torch'].hub", HUB),
    "vars": ("import torch\nvars()['torch'].hub", HUB),
    "vars of a module": ("import torch\nvars(torch)['hub']", HUB),
    "__dict__": ("import torch\ntorch.__dict__['hub']", HUB),
    "getattr": ("import torch\ngetattr(torch, 'hub')", HUB),
    "getattr of getattr": (
        "import torch\ngetattr(getattr(torch, 'hub'), 'load')", "torch.hub.load",
    ),
    "getattr with a default": (
        "import torch\nf = getattr(torch, 'hub', None)\nf.load", "torch.hub.load",
    ),
    "getattr of builtins": ("import builtins\ngetattr(builtins, '__import__')('keras')", "keras"),
    "getattr kept": ("import torch\nget = getattr\nget(torch, 'hub')", HUB),
    "builtins.getattr": ("import builtins, torch\nbuiltins.getattr(torch, 'hub')", HUB),
    "__getattribute__": ("import torch\ntorch.__getattribute__('hub')", HUB),
    "__getattribute__ of object": ("import torch\nobject.__getattribute__(torch, 'hub')", HUB),
    "attrgetter": ("import torch\nfrom operator import attrgetter\nattrgetter('hub')(torch)", HUB),
    "attrgetter kept": (
        "import operator as o, torch\nhub = o.attrgetter('hub.load')\nhub(torch)",
        "torch.hub.load",
    ),
    "__import__ kept": ("load = __import__\nload('keras')", "keras"),
    "__import__ from builtins": ("from builtins import __import__ as f\nf('keras')", "keras"),
    "import_module below a package": (
        "import importlib\nimportlib.import_module('.hub', package='torch')", HUB,
    ),
    "import_module of an f-string": (
        "import importlib\nn = 'torch'\nimportlib.import_module(f'{n}.hub')", HUB,
    ),
    "resolve_name": ("import pkgutil\npkgutil.resolve_name('torch:hub')", HUB),
    "run_module": ("import runpy\nrunpy.run_module('keras')", "keras"),
    "sys.modules.__getitem__": ("import sys\nsys.modules.__getitem__('keras')", "keras"),
    "get of __dict__": ("import torch\ntorch.__dict__.get('hub')", HUB),
    "get of vars": ("import torch\nvars(torch).get('hub')", HUB),
    "get of globals": ("import torch\nglobals().get('torch').hub", HUB),
    "get of a dictionary": ("import torch\nlibs = {'t': torch}\nlibs.get('t').hub", HUB),
    "exec kept": ("run = exec\nrun('import keras')", "keras"),
    "exec": ("exec('import keras')", "keras"),
    "builtins.exec": ("import builtins\nbuiltins.exec('import keras')", "keras"),
    "exec binds a name": ("exec('import torch as t')\nt.hub", HUB),
    "eval": ("import torch\neval('torch.hub.load')", "torch.hub.load"),
    "eval of __import__": ("eval(\"__import__('keras')\")", "keras"),
    "compile": ("compile('import keras', 'f', 'exec')", "keras"),
    "compile by keyword": ("compile(source='import keras', filename='f', mode='exec')", "keras"),
    "exec of compile": ("exec(compile('import keras', 'f', 'exec'))", "keras"),
    "code in a variable": ("s = 'import keras'\nexec(s)", "keras"),
}  # fmt: skip

FREE = {
    "an allowed module": "import torch, math, numpy as np\ntorch.nn.Linear(1, 2)",
    "another attribute of that name": "class A:\n    hub = 1\nA().hub\na = A()\na.hub",
    "a variable called like a module": "keras = 3\nkeras.bit_length()",
    "in a text": "text = 'import keras'  # import keras",
    "only for types": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import keras",
    "only for types, long": "import typing\nif typing.TYPE_CHECKING:\n    import keras",
    "never": "if False:\n    import keras",
    "of this package": "from . import keras",
    "own name after a star": "from torch import *\ndef hub(): pass\nhub()",
    "whole parts only": "import keras_notes as k\nk.x",
    "own function called like one of Python's": "def exec(text): pass\nexec('import keras')",
    "a missing attribute of attrgetter": "from operator import attrgetter\nattrgetter('hub')(3)",
    "not code": "exec('this is not Python')\neval('1 +')",
    "code that runs itself": "s = 'exec(s); exec(s)'\nexec(s)",
    "names without end": "import math as x\ns = 'a'\nwhile x:\n    x = x.next\n    s = s + s",
}


def checked(code, tmp_path):
    """What the from-scratch rule of an exercise says."""
    file = tmp_path / "exercise.py"
    file.write_text(code)
    return forbidden(read(file), (), ("keras", HUB))


def names(code):
    return {use.name for use in Reader(is_main=False).read(code)}


@pytest.mark.parametrize("what", BLOCKED)
def test_what_is_forbidden_is_found_by_both(what, tmp_path, manifest):
    code, name = BLOCKED[what]
    assert name in names(code)
    assert "out of bounds" in checked(code, tmp_path)
    criterion = imports(manifest, [Cell(1, "code", code)])
    assert "forbidden-import" in {problem.name for problem in criterion.problems}


@pytest.mark.parametrize("what", FREE)
def test_what_is_allowed_is_blocked_by_neither(what, tmp_path, manifest):
    assert checked(FREE[what], tmp_path) == ""
    criterion = imports(manifest, [Cell(1, "code", FREE[what])])
    assert "forbidden-import" not in {problem.name for problem in criterion.problems}


MAIN = "if __name__ == '__main__':\n    import keras"


@pytest.mark.parametrize("code", [MAIN, "if '__main__' == __name__:\n    import keras"])
def test_what_runs_only_as_a_program_counts_in_a_notebook_and_not_in_an_exercise(
    code, tmp_path, manifest
):
    assert checked(code, tmp_path) == ""
    assert imports(manifest, [Cell(1, "code", code)]).state == "fail"
    assert "keras" in checked(f"{code}\nelse:\n    import keras", tmp_path)


def test_a_name_known_only_at_run_time_is_said_to_be_so():
    uses = Reader(is_main=False).read("import importlib, sys\nimportlib.import_module(sys.argv[1])")
    assert ("", 2, "unreadable") in [(use.name, use.line, use.how) for use in uses]


def test_an_attribute_of_an_unknown_name_is_only_spelled():
    (use,) = Reader(is_main=False).read("tf.keras")
    assert (use.name, use.how) == ("tf.keras", "spelled")


def test_lines_are_those_of_the_code():
    uses = Reader(is_main=False).read("import os\n\nimport sys")
    assert [(use.name, use.line) for use in uses] == [("os", 1), ("sys", 3)]


def test_names_of_one_piece_are_known_in_the_next():
    reader = Reader(is_main=True)
    reader.read("import torch as t")
    assert [use.name for use in reader.read("t.hub")] == [HUB]


@pytest.mark.parametrize("deep", ["a" + ".b" * 5000, " + ".join("a" * 5000), "-" * 500 + "1"])
def test_deep_code_is_read_or_refused_in_one_sentence(deep):
    try:
        Reader(is_main=False).read(deep)
    except ValueError as error:
        assert "deep" in str(error)


def test_the_longest_rule_covers_whole_parts():
    assert covering("numpy.linalg.norm", ("numpy", "numpy.linalg")) == "numpy.linalg"
    assert covering("numpyx", ("numpy",)) == ""


ALLOWED = "import numpy as np\ndef cosine(u, v):\n    return np.dot(u, v)\n"


def test_a_task_has_an_allowance_of_its_own(tmp_path):
    file = tmp_path / "exercise.py"
    file.write_text(ALLOWED)
    assert forbidden(read(file), (), ("numpy.dot",)).startswith("`numpy.dot` (line 3)")
    for allow in ("numpy.dot in cosine", "numpy.dot in project, cosine"):
        assert forbidden(read(file), (allow,), ("numpy.dot",)) == ""
    file.write_text(f"{ALLOWED}\ndef matmul(a, b):\n    return np.dot(a, b)\n")
    assert "(line 6)" in forbidden(read(file), ("numpy.dot in cosine",), ("numpy.dot",))


def test_no_file_of_pythons_own_is_too_odd():
    """Each is read, and every import at the margin is found."""
    for path in sorted(pathlib.Path(ast.__file__).parent.glob("*.py"))[::8]:
        text = path.read_text("utf-8", "replace")
        assert set(re.findall(r"^import ([\w.]+)$", text, re.MULTILINE)) <= names(text), path
