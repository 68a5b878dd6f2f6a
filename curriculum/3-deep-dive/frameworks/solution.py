"""The networks of this course in PyTorch: carried over, fed, trained and measured.

Everything is written with `torch`; only weights travel as NumPy arrays. `nn.MultiheadAttention`,
`nn.TransformerEncoderLayer` and `GradScaler` are out of bounds, because their insides are what you
write here. `undergrad check frameworks` checks your functions; it needs the extra `torch`.

Letters: N examples, T positions of a sequence, D width, C channels of the first convolution, K
classes or symbols.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

# --- yours --------------------------------------------------------------------------------------


class DigitsCNN(nn.Module):
    """The network of `undergrad train digits-cnn`: three convolutions and a linear layer.

    Its layers and their names, in this order: `conv1` from 1 to C channels, `conv2` from C to 2C,
    a max pooling by 2, `conv3` from 2C to 2C, `dropout`, and `head` from 2C * 4 * 4 numbers to 10.
    All kernels are 3 x 3 with padding 1, and a ReLU follows each convolution.
    """

    def __init__(self, channels=24, dropout=0.3):
        super().__init__()
        # TODO 1: four layers with weights, and the dropout, under the names above
        self.conv1 = nn.Conv2d(1, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, 2 * channels, 3, padding=1)
        self.conv3 = nn.Conv2d(2 * channels, 2 * channels, 3, padding=1)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * channels * 4 * 4, 10)

    def forward(self, x):
        """The scores of the ten digits.

        x: (N, 1, 8, 8), pixels.
        Returns: logits; a tensor (N, 10)
        """
        # TODO 1: the layers in order, and a row of numbers before the last one
        x = F.relu(self.conv1(x))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.conv3(x)).flatten(1)
        return self.head(self.dropout(x))


def to_numpy(model):
    """All parameters and buffers of a model as separate arrays.

    The arrays are copies: training the model later leaves them as they are.
    model: any module, on any device.
    Returns: arrays, dict; by the names of `model.state_dict()`
    """
    # TODO 2: from the state_dict, away from the graph and the device, and copied
    return {name: each.detach().cpu().numpy().copy() for name, each in model.state_dict().items()}


def load_numpy(model, arrays):
    """Put arrays into the parameters and buffers of a model, which stay the same objects.

    Values take the model's dtype. When a name is missing or unknown (KeyError) or a shape differs
    (ValueError), nothing of the model is changed.
    model: any module.   arrays: a dict by the names of `model.state_dict()`.
    """
    # TODO 2: compare names, then shapes, and only then copy
    state = model.state_dict()
    if arrays.keys() != state.keys():
        raise KeyError(f"these names are on one side only: {sorted(arrays.keys() ^ state.keys())}")
    for name, array in arrays.items():
        if np.shape(array) != tuple(state[name].shape):
            raise ValueError(f"{name} is {np.shape(array)}, not {tuple(state[name].shape)}")
    for name, array in arrays.items():
        state[name].copy_(torch.as_tensor(array))  # shares its memory with the model


class Block(nn.Module):
    """One block of a GPT: causal attention and a small network, with residual connections.

    Layers and their names: `norm1`, `qkv` from D to 3D (queries, keys and values side by side),
    `out` from D to D, `norm2`, `up` from D to 4D, `down` from 4D to D.
    """

    def __init__(self, D, heads):
        super().__init__()
        self.heads = heads
        # TODO 3: two layer norms and four linear layers
        self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.qkv, self.out = nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.up, self.down = nn.Linear(D, 4 * D), nn.Linear(4 * D, D)

    def attend(self, x):
        """Causal multi-head attention of x, through `qkv` and `out`.

        Head i uses columns i D/h to (i + 1) D/h of the queries, the keys and the values.
        x: (N, T, D).
        Returns: y; a tensor (N, T, D)
        """
        # TODO 3: heads before positions, F.scaled_dot_product_attention, and back
        n, t, d = x.shape
        q, k, v = self.qkv(x).view(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(mixed.transpose(1, 2).reshape(n, t, d))

    def forward(self, x):
        """x plus attention of its norm, then plus the network of its norm, with a GELU inside.

        x: (N, T, D).
        Returns: y; a tensor (N, T, D)
        """
        # TODO 3: two residual connections, each norm before its sublayer
        x = x + self.attend(self.norm1(x))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class GPT(nn.Module):
    """A language model: embeddings, blocks, a last norm, and the table of symbols again.

    Names: `token` (K rows) and `position` (`length` rows), both embeddings of width D; `blocks`, a
    list of `Block` that PyTorch can see; `norm`. The rows of `token` begin as normal numbers with
    standard deviation 1/sqrt(D); as inputs they are multiplied by sqrt(D), but not for the scores.
    """

    def __init__(self, symbols, D, length, layers, heads):
        super().__init__()
        # TODO 4: a plain list would hide the blocks from .parameters()
        self.token, self.position = nn.Embedding(symbols, D), nn.Embedding(length, D)
        nn.init.normal_(self.token.weight, std=D**-0.5)
        self.blocks = nn.ModuleList(Block(D, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(D)

    def forward(self, ids):
        """The scores of the next symbol at each position.

        ids: (N, T), whole numbers, T at most `length`.
        Returns: logits; a tensor (N, T, K)
        """
        # TODO 4: add the two embeddings, run the blocks, compare with the table
        positions = torch.arange(ids.shape[1], device=ids.device)
        x = self.token.embedding_dim**0.5 * self.token(ids) + self.position(positions)
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.token.weight)


class Digits(Dataset):
    """Images and labels as a dataset: its length, and one example by its number.

    images: (N, 8, 8), numbers of any float type.   labels: (N,).
    """

    def __init__(self, images, labels):
        self.images, self.labels = images, labels

    def __len__(self):
        # TODO 5: the number of examples
        return len(self.images)

    def __getitem__(self, i):
        """Example i.

        Returns: image, label; a float32 tensor (1, 8, 8), and an int
        """
        # TODO 5: the network is float32, and its images have a channel
        image = torch.as_tensor(self.images[i], dtype=torch.float32)
        return image[None], int(self.labels[i])


def batches(dataset, batch_size, seed, workers=0):
    """A shuffling loader whose order depends on the seed alone.

    The order repeats with the same seed, whatever else has drawn random numbers, and each pass over
    the loader has another order. PyTorch's global generator is left alone.
    Returns: loader; a DataLoader
    """
    # TODO 5: give the loader its own generator
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(dataset, batch_size, shuffle=True, generator=generator, num_workers=workers)


def to_device(batch, device):
    """The batch with all its tensors on the device.

    batch: a tensor, or a dict, list, tuple or namedtuple of batches, nested at will; everything
    else is kept.
    Returns: moved; of the same kind as `batch` (a subclass of dict becomes a dict)
    """
    # TODO 6: one case per kind of container, and the function itself for what is inside
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: to_device(each, device) for key, each in batch.items()}
    if isinstance(batch, list | tuple):
        moved = [to_device(each, device) for each in batch]
        return type(batch)(*moved) if hasattr(batch, "_fields") else type(batch)(moved)
    return batch


def fit(model, loader, optimizer, epochs):
    """Train with the cross-entropy.

    loader: gives pairs x, y; the last batch may be smaller.
    Returns: losses, list of float; the mean over the examples of each epoch
    """
    # TODO 7: training mode, and for each batch clear, forward, backward, step
    losses = []
    model.train()
    for _ in range(epochs):
        total, count = 0.0, 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total, count = total + loss.item() * len(y), count + len(y)
        losses.append(total / count)
    return losses


def accuracy(model, loader):
    """The fraction of the examples whose largest score belongs to their label.

    Dropout is off and batch norm keeps its statistics meanwhile; afterwards the model is in the
    mode in which it came, and no graph was built.
    Returns: fraction, float
    """
    # TODO 7: evaluation mode, no graph, and the old mode back
    was_training = model.training
    model.eval()
    right = count = 0
    with torch.no_grad():
        for x, y in loader:
            right, count = right + (model(x).argmax(1) == y).sum().item(), count + len(y)
    model.train(was_training)
    return right / count


def stalls_at(dtype):
    """The smallest power of two n for which n + 1 is n again, computed in `dtype`.

    dtype: a floating-point type such as torch.bfloat16.
    Returns: n, int
    """
    # TODO 8: begin with 1, double while adding 1 still changes it
    n = torch.ones((), dtype=dtype)
    while n + 1 != n:
        n = 2 * n
    return int(n)


def step_scaled(optimizer, scale):
    """One step with gradients that are `scale` times too large.

    The gradients are divided by `scale` first. When one of them is infinite or nan, there is no
    step at all: the optimizer and the parameters stay as they are.
    Returns: stepped, bool
    """
    # TODO 8: over all parameters of all groups that have a gradient
    parameters = [each for group in optimizer.param_groups for each in group["params"]]
    grads = [each.grad for each in parameters if each.grad is not None]
    for grad in grads:
        grad.div_(scale)
    if not all(torch.isfinite(grad).all() for grad in grads):
        return False
    optimizer.step()
    return True


def train_step(model, batch, optimizer, accumulate=1, dtype=None):
    """One step on a batch that is computed in parts, one after the other.

    The batch is cut by `chunk` into `accumulate` parts, of which the last may be smaller. The
    gradient is that of the mean over the whole batch. With a dtype, such as torch.bfloat16, the
    model runs under autocast; the loss is computed outside it, in float32.
    batch: x, y, N examples each.
    Returns: loss, float; of the whole batch, before the step
    """
    # TODO 9: each part counts with its fraction of the examples
    x, y = batch
    optimizer.zero_grad()
    total = 0.0
    for part, labels in zip(x.chunk(accumulate), y.chunk(accumulate), strict=True):
        with torch.autocast(x.device.type, dtype, enabled=dtype is not None):
            logits = model(part)
        if dtype is not None:
            logits = logits.float()
        loss = F.cross_entropy(logits, labels) * (len(labels) / len(y))
        loss.backward()
        total += loss.item()
    optimizer.step()
    return total


def activation_bytes(model, *inputs):
    """The bytes of all results of the innermost modules in one forward pass.

    Innermost are the modules without modules inside. The hooks that measure are gone afterwards,
    also when the forward pass fails.
    Returns: total, int
    """
    # TODO 10: register_forward_hook on each, and remove what it returns
    total = 0

    def measure(module, arguments, result):
        nonlocal total
        total += result.numel() * result.element_size()

    innermost = [each for each in model.modules() if not list(each.children())]
    hooks = [each.register_forward_hook(measure) for each in innermost]
    try:
        model(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return total


def training_bytes(model, activations, states=2):
    """The memory of a training step: parameters, gradients, optimizer state and activations.

    activations: bytes.   states: numbers that the optimizer keeps per parameter; 2 for Adam.
    Returns: total, int
    """
    # TODO 10: everything but the activations is as large as the parameters, or a multiple of it
    size = sum(each.numel() * each.element_size() for each in model.parameters())
    return size * (2 + states) + activations


def load_adam(optimizer, model, steps, m, v):
    """Give a fresh `torch.optim.AdamW` the state of one that has run elsewhere.

    steps: how many steps it has made.   m, v: dicts by parameter name, the running means of the
    gradients and of their squares, as arrays.
    """
    # TODO 11: optimizer.state[parameter] holds step, exp_avg and exp_avg_sq
    for name, parameter in model.named_parameters():
        optimizer.state[parameter] = {
            "step": torch.tensor(float(steps)),
            "exp_avg": parameter.new_tensor(m[name]),
            "exp_avg_sq": parameter.new_tensor(v[name]),
        }


def init_bounds(layer):
    """The bounds of PyTorch's initial weights and biases: both are uniform on (-bound, bound).

    layer: an `nn.Linear` or `nn.Conv2d` with a bias.
    Returns: weight_bound, float, bias_bound, float
    """
    # TODO 12: read reset_parameters in torch/nn/modules/linear.py, and take it to a formula
    fan_in = layer.weight[0].numel()
    return fan_in**-0.5, fan_in**-0.5
