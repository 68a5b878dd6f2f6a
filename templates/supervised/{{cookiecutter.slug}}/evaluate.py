"""The metric: the notebook reports it, and the check computes it again from here.

Make it yours: change `score` to your metric. `scores` must keep its promise, {seed: score} from
the saved checkpoints and the test data alone.
"""

from pathlib import Path

import numpy as np
{% if cookiecutter.framework == "jax" %}
from jax import numpy as jnp
from safetensors.numpy import load_file, save_file
{% elif cookiecutter.framework == "torch" %}
import torch
from safetensors.torch import load_file, save_file
from torch import nn
{% else %}
from undergrad import engine
from undergrad.engine import Tensor, nn
{% endif %}

from data import Part, load
{% if cookiecutter.framework == "jax" %}
from model import Parameters, logits
{% else %}
from model import network
{% endif %}

CHECKPOINTS = Path(__file__).with_name("checkpoints")


def predict(model: {{ "Parameters" if cookiecutter.framework == "jax" else "nn.Module" }}, inputs: np.ndarray) -> np.ndarray:
    """Logits of shape (n, classes), without building a graph."""
{% if cookiecutter.framework == "jax" %}
    return np.asarray(logits(model, inputs))
{% elif cookiecutter.framework == "torch" %}
    with torch.no_grad():
        return model(torch.from_numpy(inputs)).numpy()
{% else %}
    with engine.no_grad():
        return model(Tensor(inputs)).numpy()
{% endif %}


def score(model: {{ "Parameters" if cookiecutter.framework == "jax" else "nn.Module" }}, part: Part) -> float:
    """Accuracy: the fraction of images whose largest logit is that of the right digit."""
    return float((predict(model, part.inputs).argmax(axis=1) == part.labels).mean())


{% include "checkpoints.py" %}


def scores() -> dict[int, float]:
    """{seed: test accuracy} of every saved checkpoint."""
    test = load()[2]
    return {seed: score(restore(seed), test) for seed in saved()}
