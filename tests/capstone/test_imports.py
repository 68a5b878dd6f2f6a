"""The import rule, as a table: code, and what the scan says about it."""

from pathlib import Path

import pytest
from tests.capstone.conftest import write_notebook

from undergrad.capstone import libraries
from undergrad.capstone.imports import imports, loaded
from undergrad.capstone.notebook import Cell
from undergrad.capstone.project import Project, read_project
from undergrad.capstone.shell import installed

FORBIDDEN = [
    ("import keras", "keras"),
    ("import keras.layers as L", "keras"),
    ("from tensorflow import keras", "tensorflow.keras"),
    ("from tensorflow.keras.layers import Dense", "tensorflow.keras"),
    ("import tensorflow as tf\nmodel = tf.keras.Sequential()", "tensorflow.keras"),
    ("tf.keras.Sequential()", "tf.keras"),
    ("import tensorflow\nk = tensorflow\nk.keras", "tensorflow.keras"),
    ("import torch\nnet = torch.hub.load('a', 'b')", "torch.hub"),
    ("from torch import hub", "torch.hub"),
    ("import torchvision\ntorchvision.models.resnet18()", "torchvision.models"),
    ("import importlib\nimportlib.import_module('fastai.vision')", "fastai"),
    ("from importlib import import_module as load\nload('timm')", "timm"),
    ("__import__('transformers')", "transformers"),
    ("exec('import lightning')", "lightning"),
    ("import tensorflow as tf\ngetattr(tf, 'keras')", "tensorflow.keras"),
    ("!pip install -q keras==3.0", "keras"),
    ("%pip install 'stable-baselines3[extra]'", "stable_baselines3"),
    ("out = !uv pip install timm", "timm"),
    ("%%bash\ncd /x && true\npip install trl", "trl"),
    ("%%time\nimport skorch", "skorch"),
    ("try:\n    import ignite\nexcept ImportError:\n    pass", "ignite"),
    ("def f():\n    from ray import rllib", "ray.rllib"),
    ("from sklearn.neural_network import MLPClassifier", "sklearn.neural_network"),
    ("from sklearn import svm", "sklearn.svm"),
    ("import sklearn\nsklearn.linear_model.Ridge()", "sklearn.linear_model"),
    ("import xgboost", "xgboost"),
    ("import optax", "optax"),
    ("from stable_baselines3 import DQN", "stable_baselines3"),
    ("import mxnet.gluon.model_zoo", "mxnet.gluon.model_zoo"),
    ("import tensorflow as tf\ntf.estimator.DNNClassifier()", "tensorflow.estimator"),
    ("import tensorflow as tf\nk = tf.compat.v1.keras", "tensorflow.compat.v1.keras"),
    ("!python -c 'import keras; keras.Sequential()'", "keras"),
    ('%%bash\npython3 -c "import timm"', "timm"),
    ("from undergrad.rl import DQN, train", "undergrad.rl.DQN"),
    ("from undergrad.rl.agents.ppo import PPO", "undergrad.rl.agents"),
    ("from undergrad import rl\nrl.train('cartpole')", "undergrad.rl.train"),
    ("from undergrad.supervised import train", "undergrad.supervised"),
]

FINE = [
    "import numpy as np, scipy.stats, math",
    "from undergrad import engine\nfrom undergrad.engine import nn",
    "import torch\nimport torch.nn as nn\nfrom torch.optim import Adam",
    "import tensorflow as tf\nwith tf.GradientTape() as tape: pass",
    "from sklearn.datasets import load_wine\nfrom sklearn import metrics, __version__",
    "import rllib_notes  # undergrad: allow rllib_notes because it is text",
    "keras = 3\nkeras.bit_length()",
    "composer = object()\ncomposer.fit",
    "model = lambda: 0\nmodel.models",
    "text = 'import keras'",
    "# import keras",
    "from . import keras",
    "!ls keras\n%matplotlib inline\nnp?",
    "import gymnasium, ale_py\nfrom pettingzoo.classic import connect_four_v3",
    "from undergrad.rl import make_env, evaluate\nfrom undergrad.rl.games import connect4",
    "from sklearn.preprocessing import StandardScaler\nfrom sklearn.utils import shuffle",
    "from sklearn import decomposition, manifold, impute, calibration, inspection",
    "from sklearn.pipeline import make_pipeline\nfrom sklearn.feature_extraction import text",
]

QUIET = ["tqdm", "seaborn", "torchvision", "einops", "h5py", "cv2", "skimage"]


@pytest.fixture
def manifest(project: Path) -> Project:
    return read_project(project)


def judged(project: Project, code: str, tags: tuple[str, ...] = ()):
    return imports(project, [Cell(7, "code", code, tags, line=90)])


@pytest.mark.parametrize(("code", "name"), FORBIDDEN)
def test_what_is_forbidden_is_found_and_named(code, name, manifest):
    result = judged(manifest, code)
    assert result.state == "fail"
    found = [p for p in result.problems if p.name in ("forbidden-import", "untagged-baseline")]
    assert any(f"uses {name}," in p.message or f"installs {name}," in p.message for p in found)
    assert all(p.where.startswith("cell 7 (notebook.py line 90)") for p in found)
    assert all(p.todo for p in found)


@pytest.mark.parametrize("code", FINE)
def test_what_is_fine_does_not_fail(code, manifest):
    result = judged(manifest, code)
    assert result.state != "fail", result.problems


def test_every_name_of_the_table_is_forbidden_and_also_what_lies_below_it(manifest):
    for name in libraries.FORBIDDEN:
        assert judged(manifest, f"import {name}.deep").state == "fail", name
        assert libraries.forbidden_name(f"my_{name}") is None
        assert libraries.forbidden_name(f"{name}_notes") is None


def test_a_python_file_is_scanned_too(manifest):
    (manifest.folder / "helpers").mkdir()
    (manifest.folder / "helpers" / "deep.py").write_text("x = 1\nimport keras\n")
    (problem,) = imports(manifest, []).problems
    assert problem.where == "helpers/deep.py line 2"


def test_a_file_of_that_name_makes_it_the_persons_own_and_says_so(manifest):
    (manifest.folder / "composer.py").write_text("x = 1\n")
    result = judged(manifest, "import composer")
    assert result.state == "attention"
    assert "your own file" in result.message


def test_a_waiver_with_a_reason_is_a_visible_note(manifest):
    waiver = "# undergrad: allow timm because the teacher's labels come from it"
    result = judged(manifest, f"import timm  {waiver}")
    assert result.state == "attention"
    assert "the teacher's labels" in result.message


def test_a_waiver_without_a_reason_does_not_count(manifest):
    result = judged(manifest, "import timm  # undergrad: allow timm")
    assert result.state == "fail"
    assert "waiver-without-reason" in [p.name for p in result.problems]


def test_a_waiver_for_one_module_does_not_cover_another(manifest):
    code = "import keras  # undergrad: allow timm because it helps"
    assert judged(manifest, code).state == "fail"


def test_other_learners_may_stand_in_a_baseline_cell(manifest):
    code = "from sklearn.svm import SVC\nimport xgboost"
    assert judged(manifest, code).state == "fail"
    assert judged(manifest, code, tags=("baseline",)).state == "ok"
    assert judged(manifest, "import keras", tags=("baseline",)).state == "fail"


def test_middle_layers_are_a_note_for_an_agent(manifest):
    text = (manifest.folder / "capstone.toml").read_text()
    kind = text.replace('kind = "supervised"', 'kind = "reinforcement"')
    (manifest.folder / "capstone.toml").write_text(kind)
    assert judged(read_project(manifest.folder), "import optax").state == "attention"


def test_an_unknown_library_is_a_note(manifest):
    result = judged(manifest, "import nbclient")  # installed, and on no list
    assert result.state == "attention"
    assert "nbclient is not on the list" in result.message


@pytest.mark.parametrize("name", QUIET)
def test_a_library_that_neither_trains_nor_models_is_no_note(name, manifest):
    assert judged(manifest, f"import {name}").state == "ok"


def test_a_file_that_was_left_behind_is_missing_and_not_a_library(manifest):
    (problem,) = judged(manifest, "from my_helpers import load").problems
    assert (problem.name, problem.state) == ("missing-module", "attention")
    assert "Copy my_helpers.py" in problem.todo


def test_a_library_that_was_replaced_names_its_successor(manifest):
    (problem,) = judged(manifest, "import gym").problems
    assert "gymnasium" in problem.message


def test_it_is_said_how_a_baseline_cell_is_tagged(manifest):
    (problem,) = judged(manifest, "from sklearn.svm import SVC").problems
    assert 'tags=["baseline"]' in problem.todo


def test_another_notebook_of_the_project_is_read_too(manifest):
    write_notebook(manifest.folder, "import keras")
    (manifest.folder / "notebook.ipynb").rename(manifest.folder / "other.ipynb")
    (problem,) = imports(manifest, [Cell(1, "code", "%run other.ipynb")]).problems[:1]
    assert problem.where.startswith("other.ipynb, cell")


def test_what_was_loaded_is_judged_by_the_same_table(manifest):
    names = ["numpy", "torch", "keras.src.layers", "timm", "composer"]
    (manifest.folder / "composer.py").write_text("x = 1\n")
    cell = Cell(3, "code", "# undergrad: allow timm because the teacher's labels come from it")
    found = loaded(manifest, [cell], names)
    assert [problem.subject for problem in found.problems] == ["keras"]
    said_already = Cell(4, "code", "import keras")
    assert loaded(manifest, [cell, said_already], names).state == "ok"


def test_nothing_forbidden_was_loaded(manifest):
    assert loaded(manifest, [], ["numpy.linalg", "torch.hubris"]).state == "ok"


def test_an_import_known_only_at_run_time_is_a_note(manifest):
    result = judged(manifest, "import importlib, sys\nimportlib.import_module(sys.argv[1])")
    assert result.state == "attention"


@pytest.mark.parametrize("code", ["def f(:\n", "x = (\n", "a\x00b"])
def test_what_is_not_python_fails_by_name(code, manifest):
    (manifest.folder / "broken.py").write_text(code)
    (problem,) = imports(manifest, []).problems
    assert problem.name == "not-python"
    assert problem.where.startswith("broken.py line")


def test_names_bound_in_one_cell_are_known_in_the_next(manifest):
    cells = [Cell(1, "code", "import tensorflow as t"), Cell(2, "code", "t.keras")]
    (problem,) = imports(manifest, cells).problems
    assert problem.where.startswith("cell 2")


def test_a_module_used_on_many_lines_is_said_once(manifest):
    code = "import tensorflow as tf\n" + "tf.keras.layers\n" * 20
    assert len(judged(manifest, code).problems) == 1


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("pip install a-b==1 C[x]>2 -q --upgrade", ["a_b", "c"]),
        ("python -m pip install keras # nice", ["keras"]),
        ("conda install -y timm", ["timm"]),
        ("echo install keras", []),
        ("pip list", []),
        ("pip install 'unclosed", ["unclosed"]),
    ],
)
def test_what_a_shell_line_installs(line, names):
    assert installed(line) == names
