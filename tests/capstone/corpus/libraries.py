"""Notebooks that stand on a library: allowed, not allowed, out of date, or not installed."""

from tests.capstone.corpus.case import (
    ALONE,
    NO_CLAIM,
    NO_HEADINGS,
    NO_PROSE,
    NO_TESTS,
    SHORT_PROSE,
    Case,
    code,
    md,
)

ALL = NO_CLAIM | ALONE | NO_HEADINGS
AGENT = ALL | {
    ("records", f"no-{each}", "attention") for each in ("ablation", "heldout", "failures")
}
FORBIDDEN = {("imports", "forbidden-import", "fail")}
STOPPED = {("run", "missing-module", "fail")}

KERAS = Case(
    "keras-chapter",
    (
        md("# Listing 2.1: digits in a few lines"),
        code("from tensorflow.keras.datasets import mnist\nfrom tensorflow import keras"),
        code(
            """
from tensorflow.keras import layers
model = keras.Sequential([
    layers.Dense(512, activation="relu"),
    layers.Dense(10, activation="softmax"),
])
"""
        ),
        code('model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy")'),
    ),
    ALL | FORBIDDEN | NO_PROSE,
    NO_TESTS | {("run", "missing-module", "fail")},
    first="uses tensorflow.keras, and it trains for you",
    absent=("tensorflow",),
)

KERAS_3 = Case(
    "keras-alone",
    (md("# Digits"), code("import keras\nkeras.Sequential()")),
    ALL | FORBIDDEN,
    NO_TESTS | {("run", "forbidden-module", "fail")},
    first="uses keras, and it trains for you",
    absent=("keras",),
)

FASTAI = Case(
    "fastai-lesson",
    (
        md("# Is it a bird?"),
        code("!pip install -Uqq fastai duckduckgo_search"),
        code("from fastai.vision.all import *"),
        code(
            "learn = vision_learner(dls, resnet18, metrics=error_rate)\nlearn.fine_tune(3)",
        ),
    ),
    ALL | FORBIDDEN,
    NO_TESTS | {("run", "forbidden-module", "fail")},
    first="fastai, and it trains for you",
    absent=("fastai",),
)

VGG = Case(
    "torch-vgg",
    (
        md("# A VGG of our own\n\n## Datasets"),
        code(
            """
import torch, torch.nn as nn
import torchvision
import torchvision.transforms as transforms
from torch.utils.data import DataLoader
from tqdm.notebook import tqdm
"""
        ),
        md("## Network"),
        code(
            """
class VGG(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    def forward(self, x):
        return self.body(x)
"""
        ),
    ),
    ALL | SHORT_PROSE,
    NO_TESTS | STOPPED,
    first="pip install torch",
    absent=("torch",),
)

PRETRAINED = Case(
    "torchvision-pretrained",
    (md("# Transfer"), code("from torchvision import models\nmodels.resnet18(pretrained=True)")),
    ALL | FORBIDDEN,
    first="torchvision.models, and it brings ready-made models",
)

SB3 = Case(
    "sb3-dqn",
    (
        md("# Lunar lander in ten lines"),
        code("!apt-get install -y swig\n!pip install stable-baselines3[extra]"),
        code("import gymnasium as gym\nfrom stable_baselines3 import DQN"),
        code("model = DQN('MlpPolicy', 'LunarLander-v3').learn(10_000)"),
    ),
    AGENT | FORBIDDEN,
    NO_TESTS | {("run", "forbidden-module", "fail")},
    kind="reinforcement",
    first="stable_baselines3, and it brings ready-made agents",
    absent=("stable_baselines3",),
)

GYM = Case(
    "course-dqn-with-gym",
    (
        md("# Deep Q-Network\n\n### 1. Import what is needed"),
        code("import gym\nimport random\nimport numpy as np\nfrom collections import deque"),
        md("### 2. The environment"),
        code("env = gym.make('CartPole-v0')\nenv.seed(0)"),
    ),
    AGENT | SHORT_PROSE | {("imports", "successor", "attention")},
    NO_TESTS | {("run", "successor", "fail")},
    kind="reinforcement",
    first="gymnasium",
    absent=("gym",),
)

REINFORCE = Case(
    "course-reinforce-five-values",
    (
        md("# REINFORCE"),
        code(
            "import gymnasium as gym\nenv = gym.make('CartPole-v1')\nstate, _ = env.reset(seed=0)"
        ),
        code("state, reward, done, _ = env.step(0)"),
    ),
    AGENT,
    NO_TESTS | {("run", "old-gym", "fail")},
    kind="reinforcement",
    first="five values",
)

COLAB = Case(
    "colab-drive",
    (
        md("# My model on Colab"),
        code("!pip install -q einops"),
        code("from google.colab import drive\ndrive.mount('/content/drive')"),
        code("%cd /content/drive/MyDrive/project"),
    ),
    ALL,
    NO_TESTS | {("run", "colab", "fail")},
    first="into the project",
)

WIDGETS = Case(
    "widgets",
    (
        md("# Move the slider"),
        code("from ipywidgets import interact\ninteract(lambda x: x ** 2, x=(0, 10));"),
    ),
    ALL,
    NO_TESTS | STOPPED,
    first="pip install ipywidgets",
    absent=("ipywidgets",),
)

OWN_MODULE = Case(
    "forgotten-module",
    (md("# Uses my helpers"), code("from helper_functions.plots import loss_curve")),
    ALL | {("imports", "missing-module", "attention")},
    NO_TESTS | STOPPED,
    first="copy helper_functions.py",
)

CASES = (
    KERAS,
    KERAS_3,
    FASTAI,
    VGG,
    PRETRAINED,
    SB3,
    GYM,
    REINFORCE,
    COLAB,
    WIDGETS,
    OWN_MODULE,
)
