"""The hand-written part against an independent route: a numerical gradient."""

{% if cookiecutter.framework == "jax" %}
import jax
import numpy as np
from jax.test_util import check_grads
{% elif cookiecutter.framework == "torch" %}
import numpy as np
import torch
{% else %}
import numpy as np
from undergrad.engine import Tensor, gradcheck
{% endif %}

from data import CLASSES, load
from evaluate import predict, restore, save
from model import network, swish
{% if cookiecutter.framework == "jax" %}

jax.config.update("jax_enable_x64", True)  # differences need more digits than float32 has
{% endif %}


def test_the_gradient_of_swish_is_the_numerical_one():
{% if cookiecutter.framework == "jax" %}
    x = np.random.default_rng(1).normal(size=(3, 4))
    check_grads(swish, (x,), order=1, modes=["rev"], rtol=1e-5)
{% elif cookiecutter.framework == "torch" %}
    x = torch.from_numpy(np.random.default_rng(1).normal(size=(3, 4))).requires_grad_()
    assert torch.autograd.gradcheck(swish, x, rtol=1e-5)
{% else %}
    x = Tensor(np.random.default_rng(1).normal(size=(3, 4)), requires_grad=True)
    report = gradcheck(swish, x, rtol=1e-5)
    assert report, report
{% endif %}


def test_swish_is_x_times_sigmoid_and_never_overflows():
    x = np.array([-1000.0, -1.0, 0.0, 1.0, 1000.0])
    expected = [0.0, -1 / (1 + np.e), 0.0, 1 / (1 + 1 / np.e), 1000.0]
{% if cookiecutter.framework == "jax" %}
    np.testing.assert_allclose(swish(x), expected, rtol=1e-12)
{% elif cookiecutter.framework == "torch" %}
    np.testing.assert_allclose(swish(torch.from_numpy(x)).numpy(), expected, rtol=1e-12)
{% else %}
    np.testing.assert_allclose(swish(Tensor(x)).numpy(), expected, rtol=1e-12)
{% endif %}


def test_an_untrained_network_is_as_unsure_as_a_guess():
    train = load()[0]
    logits = predict(network(seed=0), train.inputs).astype(np.float64)
    lost = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(train)), train.labels]
    assert abs(lost.mean() - np.log(CLASSES)) < 0.2


def test_a_checkpoint_gives_the_same_network_back(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluate.CHECKPOINTS", tmp_path)
    model, inputs = network(seed=3), load()[2].inputs
    save(model, seed=3)
    np.testing.assert_array_equal(predict(restore(seed=3), inputs), predict(model, inputs))
