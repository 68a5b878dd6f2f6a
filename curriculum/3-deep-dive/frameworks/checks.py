"""What is asked of `frameworks`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

PyTorch's own random numbers are set from the seed of the case. Models get weights by
`load_state_dict`, so that no check depends on their first weights, and run in float64 where the
numbers decide.
"""

from collections import namedtuple
from contextlib import suppress

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from undergrad.checker import raises, task, within


def given(rng, *shape):
    """A float64 tensor of normal numbers."""
    return torch.from_numpy(rng.normal(size=shape))


def filled(model, rng):
    """The model in float64 with random weights, in evaluation mode."""
    torch.manual_seed(int(rng.integers(1 << 31)))
    model = model.double().eval()
    state = {name: given(rng, *each.shape) / 3 for name, each in model.state_dict().items()}
    model.load_state_dict(state)
    return model


def array(tensor):
    return tensor.detach().numpy().copy()


def grads(model):
    """The gradients by name; an empty array where there is none."""
    named = model.named_parameters()
    return {name: np.zeros(0) if p.grad is None else array(p.grad) for name, p in named}


def shapes(model):
    return {name: tuple(each.shape) for name, each in model.state_dict().items()}


def small(rng, *, dropout=0.0, norm=False):
    """A network of 6 inputs and 4 classes in float64."""
    torch.manual_seed(int(rng.integers(1 << 31)))
    layers = [nn.Linear(6, 5), nn.BatchNorm1d(5) if norm else nn.Identity(), nn.Tanh()]
    model = nn.Sequential(*layers, nn.Dropout(dropout), nn.Linear(5, 4)).double()
    with torch.no_grad():
        for each in model.parameters():
            each.copy_(given(rng, *each.shape))
    return model


def examples(rng, n=11):
    """n inputs of 6 numbers, and labels of 4 classes."""
    return given(rng, n, 6), torch.from_numpy(rng.integers(0, 4, n))


def in_parts(x, y, size=4):
    """Batches of `size` examples; the last one is smaller."""
    return list(zip(x.split(size), y.split(size), strict=True))


@task(1, "has layers of the right names and shapes, and turns images into ten scores")
def cnn_scores(code, rng):
    channels = int(rng.integers(2, 6))
    model = filled(code.DigitsCNN(channels), rng)
    return shapes(model), array(model(given(rng, 5, 1, 8, 8)))


@task(1, "has 24 channels and drops three in ten when nothing else is said")
def cnn_defaults(code, rng):
    model = code.DigitsCNN()
    return shapes(model), model.dropout.p


@task(1, "has the gradients of the engine's network")
def cnn_gradients(code, rng):
    model = filled(code.DigitsCNN(3), rng)
    (model(given(rng, 4, 1, 8, 8)) * given(rng, 4, 10)).sum().backward()
    return grads(model)


@task(1, "drops activations before the last layer while it trains, and only then")
def cnn_dropout(code, rng):
    model = filled(code.DigitsCNN(2, 0.5), rng).train()
    x, kept = given(rng, 3, 1, 8, 8), []
    model.head.register_forward_hook(lambda layer, inputs, out: kept.append(inputs[0]))
    model(x)
    model.eval()
    model(x)
    return array(kept[0]), array(kept[1])


@task(2, "copies every parameter and buffer into an array")
def as_arrays(code, rng):
    model = small(rng, norm=True)
    return code.to_numpy(model)


@task(2, "gives arrays that later training leaves alone")
def arrays_stay(code, rng):
    model = small(rng)
    arrays = code.to_numpy(model)
    with torch.no_grad():
        for each in model.parameters():
            each.mul_(2)
    return arrays


@task(2, "puts arrays into the model in its own dtype")
def loaded(code, rng):
    model = small(rng, norm=True).float()
    new = {name: rng.normal(size=tuple(each.shape)) for name, each in model.state_dict().items()}
    code.load_numpy(model, new)
    for each in new.values():
        each += 1  # the model has numbers of its own
    state = model.state_dict()
    return {name: (array(each), str(each.dtype)) for name, each in state.items()}


@task(2, "keeps the parameters that an optimizer already holds")
def same_objects(code, rng):
    model = small(rng)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    code.load_numpy(model, {name: array(each) for name, each in small(rng).state_dict().items()})
    x, y = examples(rng)
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
    return [array(each) for each in model.parameters()]


@task(2, "raises KeyError for a name too few", judge=raises(KeyError))
def name_missing(code, rng):
    arrays = {name: array(each) for name, each in small(rng).state_dict().items()}
    arrays.pop("4.bias")
    code.load_numpy(small(rng), arrays)


@task(2, "raises KeyError for a name too many", judge=raises(KeyError))
def name_unknown(code, rng):
    arrays = {name: array(each) for name, each in small(rng).state_dict().items()}
    code.load_numpy(small(rng), {**arrays, "6.weight": np.zeros(3)})


@task(2, "raises ValueError for another shape, even where it would broadcast",
      judge=raises(ValueError))  # fmt: skip
def shape_differs(code, rng):
    arrays = {name: array(each) for name, each in small(rng).state_dict().items()}
    code.load_numpy(small(rng), {**arrays, "0.weight": rng.normal(size=(5, 1))})


@task(2, "changes nothing when it refuses")
def refused_whole(code, rng):
    model, new = small(rng), small(rng).state_dict()
    arrays = {name: array(each) for name, each in new.items()}
    arrays["4.bias"] = np.zeros(3)  # the last one is wrong
    try:
        code.load_numpy(model, arrays)
    except ValueError:
        return [array(each) for each in model.parameters()]
    return "went through"


@task(3, "attends to earlier positions and itself, in several heads")
def attended(code, rng):
    heads = int(rng.integers(2, 4))
    block = filled(code.Block(4 * heads, heads), rng)
    return shapes(block), array(block.attend(given(rng, 2, 5, 4 * heads)))


@task(3, "is the pre-norm block, forwards and backwards", needs=[1])
def block(code, rng):
    block = filled(code.Block(6, 3), rng)
    x = given(rng, 3, 4, 6).requires_grad_()
    y = block(x)
    (y * given(rng, *y.shape)).sum().backward()
    return array(y), array(x.grad), grads(block)


@task(4, "scores the next symbol at each position", needs=[3])
def scores(code, rng):
    symbols, layers = int(rng.integers(5, 9)), int(rng.integers(1, 4))
    model = filled(code.GPT(symbols, 6, 7, layers, 2), rng)
    ids = torch.from_numpy(rng.integers(0, symbols, (2, 5)))
    return shapes(model), array(model(ids))


@task(4, "begins with a table of standard deviation 1/sqrt(D)", judge=within(0.9, 1.1))
def fresh(code, rng):
    D = int(rng.integers(8, 24))
    torch.manual_seed(int(rng.integers(1000)))
    return code.GPT(400, D, 7, 1, 1).token.weight.std().item() * D**0.5


@task(4, "learns the table of symbols from both of its uses", needs=[3])
def tied(code, rng):
    model = filled(code.GPT(5, 4, 6, 2, 2), rng)
    ids = torch.from_numpy(rng.integers(0, 5, (3, 6)))
    (model(ids) * given(rng, 3, 6, 5)).sum().backward()
    return grads(model)


def as_digits(code, rng, n=9):
    return code.Digits(rng.random((n, 8, 8)), rng.integers(0, 10, n))


@task(5, "gives one example as a float32 image with a channel, and an int")
def example(code, rng):
    dataset = as_digits(code, rng)
    image, label = dataset[4]
    return len(dataset), array(image), str(image.dtype), label, type(label).__name__


def order(loader):
    """The labels in the order of one pass, batch by batch."""
    return [array(y) for _, y in loader]


@task(5, "draws an order that the seed repeats")
def repeated(code, rng):
    n, size, seed = (int(each) for each in rng.integers((20, 3, 0), (30, 6, 1000)))
    dataset = code.Digits(rng.random((n, 8, 8)), np.arange(n))
    first = code.batches(dataset, size, seed)
    torch.rand(3)  # somebody else draws
    second, other = code.batches(dataset, size, seed), code.batches(dataset, size, seed + 1)
    return order(first), order(first), order(second), order(other)


@task(5, "leaves PyTorch's global generator alone")
def global_generator(code, rng):
    torch.manual_seed(int(rng.integers(1000)))
    code.batches(as_digits(code, rng), 4, 7)
    return array(torch.rand(2))


@task(5, "hands the number of workers on")
def workers(code, rng):
    loaders = [code.batches(as_digits(code, rng), 4, 7, *workers) for workers in ((2,), ())]
    return [(each.num_workers, each.batch_size) for each in loaders]


Pair = namedtuple("Pair", "x y")


@task(6, "moves tensors in nested containers and keeps everything else")
def moved(code, rng):
    x = torch.zeros(int(rng.integers(2, 5)), 3)
    batch = {"x": x, "pair": (x, [x, "name", None]), "n": 3, "numbers": np.ones(2)}
    there = code.to_device(batch, "meta")
    kinds = [type(there["pair"]).__name__, type(there["pair"][1]).__name__]
    moved = [there["x"], there["pair"][0], there["pair"][1][0]]
    kept = [there["n"], there["pair"][1][1:], there["numbers"]]
    return kinds, [(each.device.type, tuple(each.shape)) for each in moved], kept, x.device.type


@task(6, "returns a namedtuple as a namedtuple")
def moved_pair(code, rng):
    there = code.to_device(Pair(torch.zeros(2), torch.zeros(3)), "meta")
    return type(there).__name__, there.x.device.type, there.y.device.type


@task(6, "leaves the batch itself as it is")
def batch_kept(code, rng):
    inner = [torch.zeros(2)]
    batch = {"x": inner, "y": torch.zeros(1)}
    code.to_device(batch, "meta")
    return batch["x"] is inner, inner[0].device.type, batch["y"].device.type


@task(7, "trains to the same weights and reports the mean loss of each epoch")
def trained(code, rng):
    model, (x, y) = small(rng), examples(rng)
    losses = code.fit(model, in_parts(x, y), torch.optim.Adam(model.parameters(), lr=0.03), 3)
    return losses, [array(each) for each in model.parameters()]


@task(7, "trains with dropout on, also after an evaluation")
def trained_in_training_mode(code, rng):
    model, (x, y) = small(rng, dropout=0.5, norm=True).eval(), examples(rng, 12)
    losses = code.fit(model, in_parts(x, y), torch.optim.SGD(model.parameters(), lr=0.1), 2)
    return losses, array(model[1].running_mean)


@task(7, "measures in evaluation mode, and over all examples")
def measured(code, rng):
    model, (x, y) = small(rng, dropout=0.5, norm=True), examples(rng, 23)
    found = code.accuracy(model, in_parts(x, y, 9))
    model.eval()
    right = (model(x).argmax(1) == y).sum().item()
    statistics = array(model[1].running_mean), int(model[1].num_batches_tracked)
    return found, right / len(y), statistics


@task(7, "gives the model back in the mode in which it came")
def mode_back(code, rng):
    model, (x, y) = small(rng, dropout=0.5), examples(rng)
    code.accuracy(model.train(), in_parts(x, y))
    training = model.training, model[3].training
    code.accuracy(model.eval(), in_parts(x, y))
    return training, model.training


class Watched(nn.Module):
    """A network that notes whether a graph was built."""

    def __init__(self, inner):
        super().__init__()
        self.inner, self.graphs = inner, []

    def forward(self, x):
        result = self.inner(x)
        self.graphs.append(bool(result.requires_grad))
        return result


@task(7, "builds no graph while it measures")
def no_graph(code, rng):
    model, (x, y) = Watched(small(rng)), examples(rng)
    code.accuracy(model, in_parts(x, y))
    return model.graphs


@task(8, "finds where counting stops in four types")
def stalls(code, rng):
    kinds = [torch.float64, torch.bfloat16, torch.float32, torch.float16]
    return [code.stalls_at(kinds[i]) for i in rng.permutation(4)]


def with_gradients(rng, wrong=None, *, one=True):
    """Two parameters in two groups, and one that has no gradient."""
    parameters = [nn.Parameter(given(rng, *shape)) for shape in ((3, 2), (4,), (2,))]
    for each in parameters[:2]:
        each.grad = given(rng, *each.shape)
    if wrong is not None:
        parameters[int(rng.integers(2))].grad.view(-1)[-1 if one else slice(None)] = wrong
    groups = [{"params": parameters[:1]}, {"params": parameters[1:], "lr": 0.5}]
    return parameters, torch.optim.SGD(groups, lr=0.1, momentum=0.9)


@task(8, "divides the gradients by the scale before the step")
def stepped(code, rng):
    parameters, optimizer = with_gradients(rng)
    stepped = code.step_scaled(optimizer, float(2 ** rng.integers(1, 9)))
    return stepped, [array(each) for each in parameters]


@task(8, "makes no step when a gradient is infinite or nan")
def not_stepped(code, rng):
    found = []
    for wrong, one in ((np.inf, True), (-np.inf, False), (np.nan, True), (np.nan, False)):
        parameters, optimizer = with_gradients(rng, wrong, one=one)
        stepped = code.step_scaled(optimizer, 8.0)
        found += [stepped, [array(each) for each in parameters], len(optimizer.state)]
    return found


@task(9, "computes the gradient of the whole batch from parts of any size")
def accumulated(code, rng):
    n, parts = int(rng.choice([10, 11, 13])), [1, 3, 4]  # the last part is smaller
    model, batch, found = small(rng), examples(rng, n), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    for accumulate in parts:
        loss = code.train_step(model, batch, optimizer, accumulate)
        found.append((loss, grads(model)))
    return found


@task(9, "forgets the gradients of the step before, and steps once")
def one_step(code, rng):
    model, batch = small(rng), examples(rng, 10)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    losses = [code.train_step(model, batch, optimizer, 2) for _ in range(3)]
    return losses, [array(each) for each in model.parameters()]


@task(9, "runs the model under autocast, and takes the loss of its scores in float32")
def autocast(code, rng):
    model, (x, y), kinds = small(rng).float(), examples(rng, 8), []
    model.register_forward_hook(lambda layer, inputs, out: kinds.append(str(out.dtype)))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    loss = code.train_step(model, (x.float(), y), optimizer, 2, torch.bfloat16)
    return kinds, loss, grads(model)


@task(9, "computes in one part and without autocast when nothing else is said")
def no_autocast(code, rng):
    model, (x, y), kinds = small(rng).float(), examples(rng, 8), []
    model.register_forward_hook(lambda layer, inputs, out: kinds.append(str(out.dtype)))
    code.train_step(model, (x.float(), y), torch.optim.SGD(model.parameters(), lr=0.0))
    return kinds


def nested(dtype=torch.float64):
    """Modules inside modules, with results of different sizes."""
    inner = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Sequential(nn.Linear(5, 3), nn.ReLU()))
    return nn.Sequential(inner, nn.Linear(3, 2)).to(dtype)


@task(10, "adds up the bytes of what the innermost modules return")
def activations(code, rng):
    x, found = given(rng, int(rng.integers(2, 9)), 6), []
    for dtype in (torch.float32, torch.float64):
        found.append(code.activation_bytes(nested(dtype), x.to(dtype)))
        found.append(code.activation_bytes(nn.Tanh(), x.to(dtype)))
    return found


@task(10, "leaves no hook behind, also when the forward pass fails")
def no_hooks(code, rng):
    model = nested()
    code.activation_bytes(model, given(rng, 2, 6))
    with suppress(RuntimeError):  # the shapes do not fit
        code.activation_bytes(model, given(rng, 2, 7))
    return [len(each._forward_hooks) for each in model.modules()]


@task(10, "counts parameters, gradients, optimizer state and activations")
def memory(code, rng):
    activations, states, found = int(rng.integers(100, 1000)), int(rng.choice([0, 1, 3])), []
    for model in (nested(torch.float32), nested(torch.float64)):
        found.append(code.training_bytes(model, activations))
        found.append(code.training_bytes(model, 0, states))
    return found


def means(rng, model):
    """Two means for each parameter, by name, in float64."""
    m = {name: rng.normal(size=tuple(p.shape)) for name, p in model.named_parameters()}
    return m, {name: rng.random(each.shape) for name, each in m.items()}


def adamw(p, steps, grad, m, v, t):
    """AdamW as `optim` writes it, with PyTorch's defaults: p after some steps."""
    for _ in range(steps):
        t, g = t + 1, grad(p)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        p = p * (1 - 1e-3 * 0.01)
        p = p - 1e-3 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return p


@task(11, "lets AdamW go on as if it had never stopped", judge=within(-1e-10, 1e-10))
def continued(code, rng):
    model = nn.Linear(3, 2).double()
    start = {name: rng.normal(size=tuple(p.shape)) for name, p in model.named_parameters()}
    m, v = means(rng, model)
    model.load_state_dict({name: torch.from_numpy(each.copy()) for name, each in start.items()})
    optimizer, steps = torch.optim.AdamW(model.parameters(), lr=1e-3), int(rng.integers(1, 9))
    code.load_adam(optimizer, model, steps, m, v)
    for _ in range(3):
        optimizer.zero_grad()
        sum((p**3).sum() for p in model.parameters()).backward()
        optimizer.step()
    wanted = [adamw(start[n], 3, lambda p: 3 * p**2, m[n], v[n], steps) for n in start]
    return [array(p) - each for p, each in zip(model.parameters(), wanted, strict=True)]


@task(11, "keeps the means in the dtype of the model")
def means_dtype(code, rng):
    model = nn.Linear(2, 1)
    optimizer = torch.optim.AdamW(model.parameters())
    code.load_adam(optimizer, model, 1, *means(rng, model))
    kept = optimizer.state.values()
    return [(str(each["exp_avg"].dtype), str(each["exp_avg_sq"].dtype)) for each in kept]


@task(11, "copies the means, and leaves those that it was given alone")
def copied(code, rng):
    model = nn.Linear(2, 1).double()
    m, v = means(rng, model)
    optimizer = torch.optim.AdamW(model.parameters())
    code.load_adam(optimizer, model, 1, m, v)
    model(given(rng, 4, 2)).sum().backward()
    optimizer.step()
    return m, v


@task(12, "bounds the first weights and biases of linear layers and convolutions")
def bounds(code, rng):
    a, b, k = (int(each) for each in 3 + rng.permutation(6)[:3])  # all different
    return [code.init_bounds(each) for each in (nn.Linear(a, b), nn.Conv2d(a, b, k))]
