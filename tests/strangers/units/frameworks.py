# right: layers in one nn.Sequential would have other names, so they are attributes
class DigitsCNN(DigitsCNN):
    def forward(self, x):
        x = torch.relu(self.conv1(x))
        x = torch.relu(self.conv2(x))
        x = nn.functional.max_pool2d(x, kernel_size=2, stride=2)
        x = torch.relu(self.conv3(x))
        x = x.view(x.size(0), -1)
        x = self.dropout(x)
        return self.head(x)


# right: a loop over the state dict
def to_numpy(model):
    arrays = {}
    for key, value in model.state_dict().items():
        arrays[key] = np.array(value.detach().cpu().numpy(), copy=True)
    return arrays


# right: load_state_dict does the copying
def load_numpy(model, arrays):
    current = model.state_dict()
    missing = set(current) - set(arrays)
    unexpected = set(arrays) - set(current)
    if missing or unexpected:
        raise KeyError(f"missing {missing}, unexpected {unexpected}")
    for key in current:
        if tuple(current[key].shape) != tuple(np.shape(arrays[key])):
            raise ValueError(key)
    model.load_state_dict({key: torch.tensor(value) for key, value in arrays.items()})


# right: queries, keys and values by chunk, and attention by hand, as in nanoGPT's slow path
class Block(Block):
    def attend(self, x):
        B, T, C = x.size()
        q, k, v = self.qkv(x).split(C, dim=2)
        k = k.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        q = q.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        v = v.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        att = (q @ k.transpose(-2, -1)) * (1.0 / (C // self.heads) ** 0.5)
        mask = torch.tril(torch.ones(T, T, dtype=torch.bool))
        att = att.masked_fill(~mask, float("-inf"))
        y = F.softmax(att, dim=-1) @ v
        return self.out(y.transpose(1, 2).contiguous().view(B, T, C))


# right: the table is multiplied by hand
class GPT(GPT):
    def forward(self, ids):
        N, T = ids.shape
        D = self.token.embedding_dim
        h = self.token(ids) * np.sqrt(D) + self.position.weight[:T]
        for b in self.blocks:
            h = b(h)
        return self.norm(h) @ self.token.weight.t()


# right: everything is converted when the dataset is made
class Digits(Digits):
    def __init__(self, images, labels):
        self.images = torch.tensor(np.asarray(images), dtype=torch.float32).unsqueeze(1)
        self.labels = [int(label) for label in labels]

    def __getitem__(self, i):
        return self.images[i], self.labels[i]


# right: the seed in two lines
def batches(dataset, batch_size, seed, workers=0):
    g = torch.Generator()
    g.manual_seed(seed)
    return DataLoader(
        dataset, batch_size=batch_size, shuffle=True, num_workers=workers, generator=g
    )


# right: duck typing
def to_device(batch, device):
    if hasattr(batch, "to"):
        return batch.to(device)
    if isinstance(batch, dict):
        return {k: to_device(v, device) for k, v in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(to_device(v, device) for v in batch))
    if isinstance(batch, (list, tuple)):
        return type(batch)(to_device(v, device) for v in batch)
    return batch


# right: running sums, zero_grad after the step
def fit(model, loader, optimizer, epochs):
    criterion = nn.CrossEntropyLoss()
    history = []
    optimizer.zero_grad()
    for epoch in range(epochs):
        model.train()
        running, seen = 0.0, 0
        for inputs, targets in loader:
            outputs = model(inputs)
            loss = criterion(outputs, targets)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            running += loss.item() * inputs.size(0)
            seen += inputs.size(0)
        history.append(running / seen)
    return history


# right: a decorator for the graph
@torch.no_grad()
def accuracy(model, loader):
    mode = model.training
    model.eval()
    correct, total = 0, 0
    for x, y in loader:
        _, predicted = torch.max(model(x), 1)
        total += y.size(0)
        correct += (predicted == y).sum().item()
    if mode:
        model.train()
    return correct / total


# right: from the digits of the type
def stalls_at(dtype):
    return int(round(2 / torch.finfo(dtype).eps))


# right: the gradients are divided out of place
def step_scaled(optimizer, scale):
    params = [p for g in optimizer.param_groups for p in g["params"] if p.grad is not None]
    for p in params:
        p.grad = p.grad / scale
    if any(not torch.isfinite(p.grad).all().item() for p in params):
        return False
    optimizer.step()
    return True


# right: split by a size instead of a number of parts
def train_step(model, batch, optimizer, accumulate=1, dtype=None):
    x, y = batch
    n = len(x)
    size = -(-n // accumulate)
    optimizer.zero_grad()
    total = 0.0
    for start in range(0, n, size):
        xs, ys = x[start : start + size], y[start : start + size]
        if dtype is None:
            scores = model(xs)
        else:
            with torch.autocast(device_type="cpu", dtype=dtype):
                scores = model(xs)
            scores = scores.to(torch.float32)
        loss = F.cross_entropy(scores, ys, reduction="sum") / n
        loss.backward()
        total += loss.item()
    optimizer.step()
    return total


# right: a list that the hooks append to
def activation_bytes(model, *inputs):
    sizes, handles = [], []
    for m in model.modules():
        if len(list(m.children())) == 0:
            handles.append(m.register_forward_hook(lambda m, i, o: sizes.append(o.nbytes)))
    try:
        with torch.no_grad():
            model(*inputs)
    finally:
        for h in handles:
            h.remove()
    return sum(sizes)


# right: the four parts by name
def training_bytes(model, activations, states=2):
    weights = sum(p.nbytes for p in model.parameters())
    gradients = weights
    optimizer = states * weights
    return weights + gradients + optimizer + activations


# right: through load_state_dict of the optimizer
def load_adam(optimizer, model, steps, m, v):
    saved = optimizer.state_dict()
    names = [name for name, _ in model.named_parameters()]
    saved["state"] = {
        i: {
            "step": torch.tensor(float(steps)),
            "exp_avg": torch.tensor(m[name]),
            "exp_avg_sq": torch.tensor(v[name]),
        }
        for i, name in enumerate(names)
    }
    optimizer.load_state_dict(saved)


# right: PyTorch's own fan-in
def init_bounds(layer):
    fan_in, _ = nn.init._calculate_fan_in_and_fan_out(layer.weight)
    return 1 / fan_in**0.5, 1 / fan_in**0.5


# wrong: no ReLU after the third convolution
# named: DigitsCNN.forward-1
class DigitsCNN(DigitsCNN):
    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(self.conv3(x), 1)
        return self.head(self.dropout(x))


# wrong: mean pooling
# named: DigitsCNN.forward-2
class DigitsCNN(DigitsCNN):
    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = nn.AvgPool2d(2)(F.relu(self.conv2(x)))
        x = torch.flatten(F.relu(self.conv3(x)), 1)
        return self.head(self.dropout(x))


# wrong: a softmax at the end
# named: DigitsCNN.forward-5
class DigitsCNN(DigitsCNN):
    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(F.relu(self.conv3(x)), 1)
        return F.softmax(self.head(self.dropout(x)), dim=1)


# wrong: only the parameters
# named: to_numpy-2
def to_numpy(model):
    return {n: p.detach().cpu().numpy().copy() for n, p in model.named_parameters()}


# wrong: views of the parameters
# named: to_numpy-1
def to_numpy(model):
    out = {}
    for k, v in model.state_dict().items():
        out[k] = v.cpu().numpy()
    return out


# wrong: not strict about missing names
# named: load_numpy-2
def load_numpy(model, arrays):
    state = model.state_dict()
    for k, v in arrays.items():
        if k not in state:
            raise KeyError(k)
        if state[k].shape != torch.Size(np.shape(v)):
            raise ValueError(k)
    with torch.no_grad():
        for k, v in arrays.items():
            state[k].copy_(torch.as_tensor(v))


# wrong: checks and copies in one loop
# named: load_numpy-4
def load_numpy(model, arrays):
    state = model.state_dict()
    if set(arrays) != set(state):
        raise KeyError("names")
    for k in state:
        if tuple(state[k].shape) != np.shape(arrays[k]):
            raise ValueError(k)
        state[k].copy_(torch.from_numpy(np.asarray(arrays[k])))


# wrong: broadcasts
# named: load_numpy-3
def load_numpy(model, arrays):
    state = model.state_dict()
    if set(arrays) != set(state):
        raise KeyError("names")
    for k in state:
        state[k].copy_(torch.from_numpy(np.asarray(arrays[k])))


# wrong: no mask
# named: Block.attend-1
class Block(Block):
    def attend(self, x):
        B, T, C = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = (t.view(B, T, self.heads, -1).transpose(1, 2) for t in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v)
        return self.out(y.transpose(1, 2).reshape(B, T, C))


# wrong: the heads are not brought back behind the positions
# named: Block.attend-3
class Block(Block):
    def attend(self, x):
        B, T, C = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = (t.view(B, T, self.heads, -1).transpose(1, 2) for t in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(y.reshape(B, T, C))


# wrong: no output layer
# named: Block.attend-4
class Block(Block):
    def attend(self, x):
        B, T, C = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = (t.view(B, T, self.heads, -1).transpose(1, 2) for t in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return y.transpose(1, 2).reshape(B, T, C)


# wrong: post-norm
# named: Block.forward-2
class Block(Block):
    def forward(self, x):
        x = self.norm1(x + self.attend(x))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


# wrong: tanh approximation
# named: Block.forward-4
class Block(Block):
    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        return x + self.down(nn.GELU(approximate="tanh")(self.up(self.norm2(x))))


# wrong: ReLU
# named: Block.forward-3
class Block(Block):
    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        return x + self.down(torch.relu(self.up(self.norm2(x))))


# wrong: no scale of the embedding
# named: GPT.forward-1
class GPT(GPT):
    def forward(self, ids):
        h = self.token(ids) + self.position(torch.arange(ids.size(1)))
        for block in self.blocks:
            h = block(h)
        return F.linear(self.norm(h), self.token.weight)


# wrong: no last norm
# named: GPT.forward-3
class GPT(GPT):
    def forward(self, ids):
        h = self.token(ids) * self.token.embedding_dim**0.5
        h = h + self.position(torch.arange(ids.size(1)))
        for block in self.blocks:
            h = block(h)
        return h @ self.token.weight.T


# wrong: the image stays float64
# named: Digits.__getitem__-1
class Digits(Digits):
    def __getitem__(self, i):
        return torch.from_numpy(self.images[i]).unsqueeze(0), int(self.labels[i])


# wrong: no channel
# named: Digits.__getitem__-2
class Digits(Digits):
    def __getitem__(self, i):
        return torch.tensor(self.images[i], dtype=torch.float32), int(self.labels[i])


# wrong: the global seed
# named: batches-1
def batches(dataset, batch_size, seed, workers=0):
    torch.manual_seed(seed)
    return DataLoader(dataset, batch_size=batch_size, shuffle=True, num_workers=workers)


# wrong: not shuffled
# named: batches-3
def batches(dataset, batch_size, seed, workers=0):
    g = torch.Generator()
    g.manual_seed(seed)
    return DataLoader(dataset, batch_size=batch_size, num_workers=workers, generator=g)


# wrong: one level of a dict only
# named: to_device-1
def to_device(batch, device):
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {k: v.to(device) for k, v in batch.items()}
    if isinstance(batch, (list, tuple)):
        moved = [to_device(v, device) for v in batch]
        return type(batch)(*moved) if hasattr(batch, "_fields") else type(batch)(moved)
    return batch


# wrong: a tuple becomes a list
# named: to_device-2
def to_device(batch, device):
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {k: to_device(v, device) for k, v in batch.items()}
    if isinstance(batch, (list, tuple)):
        return [to_device(v, device) for v in batch]
    return batch


# wrong: zero_grad is missing
# named: fit-1
def fit(model, loader, optimizer, epochs):
    history = []
    for _ in range(epochs):
        model.train()
        total = n = 0
        for x, y in loader:
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            n += len(x)
        history.append(total / n)
    return history


# wrong: the mean of the batches' losses
# named: fit-2
def fit(model, loader, optimizer, epochs):
    model.train()
    history = []
    for _ in range(epochs):
        running = 0.0
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            running += loss.item()
        history.append(running / len(loader))
    return history


# wrong: the loss of the sum
# named: fit-5
def fit(model, loader, optimizer, epochs):
    model.train()
    criterion = nn.CrossEntropyLoss(reduction="sum")
    history = []
    for _ in range(epochs):
        running, n = 0.0, 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            running += loss.item() * len(y)
            n += len(y)
        history.append(running / n)
    return history


# wrong: never in evaluation mode
# named: accuracy-1
def accuracy(model, loader):
    correct = total = 0
    with torch.no_grad():
        for x, y in loader:
            correct += (model(x).argmax(dim=1) == y).sum().item()
            total += len(y)
    return correct / total


# wrong: always back to training mode
# named: accuracy-3
def accuracy(model, loader):
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for x, y in loader:
            correct += (model(x).argmax(dim=1) == y).sum().item()
            total += len(y)
    model.train()
    return correct / total


# wrong: the mean of the batches' accuracies
# named: accuracy-5
def accuracy(model, loader):
    was = model.training
    model.eval()
    scores = []
    with torch.no_grad():
        for x, y in loader:
            scores.append((model(x).argmax(1) == y).float().mean().item())
    model.train(was)
    return sum(scores) / len(scores)


# wrong: eps itself instead of its double
# named: stalls_at-3
def stalls_at(dtype):
    return int(1 / torch.finfo(dtype).eps)


# wrong: steps in spite of infinite gradients
# named: step_scaled-3
def step_scaled(optimizer, scale):
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is not None:
                p.grad /= scale
    optimizer.step()
    return True


# wrong: only nan
# named: step_scaled-5
def step_scaled(optimizer, scale):
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is not None:
                p.grad /= scale
                if torch.isnan(p.grad).any():
                    return False
    optimizer.step()
    return True


# wrong: the parts are not weighted
# named: train_step-2
def train_step(model, batch, optimizer, accumulate=1, dtype=None):
    x, y = batch
    optimizer.zero_grad()
    total = 0.0
    for xs, ys in zip(x.chunk(accumulate), y.chunk(accumulate)):
        with torch.autocast("cpu", dtype=dtype, enabled=dtype is not None):
            out = model(xs)
        loss = F.cross_entropy(out if dtype is None else out.float(), ys)
        loss.backward()
        total += loss.item()
    optimizer.step()
    return total


# wrong: divided by the number of parts
# named: train_step-3
def train_step(model, batch, optimizer, accumulate=1, dtype=None):
    x, y = batch
    optimizer.zero_grad()
    total = 0.0
    for xs, ys in zip(x.chunk(accumulate), y.chunk(accumulate)):
        with torch.autocast("cpu", dtype=dtype, enabled=dtype is not None):
            out = model(xs)
        loss = F.cross_entropy(out if dtype is None else out.float(), ys) / accumulate
        loss.backward()
        total += loss.item()
    optimizer.step()
    return total


# wrong: containers too
# named: activation_bytes-1
def activation_bytes(model, *inputs):
    sizes = []
    handles = [
        m.register_forward_hook(lambda m, i, o: sizes.append(o.nbytes)) for m in model.modules()
    ]
    try:
        model(*inputs)
    finally:
        [h.remove() for h in handles]
    return sum(sizes)


# wrong: hooks stay
# named: activation_bytes-6
def activation_bytes(model, *inputs):
    sizes = []
    for m in model.modules():
        if not list(m.children()):
            m.register_forward_hook(lambda m, i, o: sizes.append(o.nbytes))
    model(*inputs)
    return sum(sizes)


# wrong: no gradients
# named: training_bytes-1
def training_bytes(model, activations, states=2):
    params = sum(p.numel() * p.element_size() for p in model.parameters())
    return params + states * params + activations


# wrong: the step begins again
# named: load_adam-2
def load_adam(optimizer, model, steps, m, v):
    for n, p in model.named_parameters():
        optimizer.state[p]["step"] = torch.tensor(0.0)
        optimizer.state[p]["exp_avg"] = torch.tensor(m[n], dtype=p.dtype)
        optimizer.state[p]["exp_avg_sq"] = torch.tensor(v[n], dtype=p.dtype)


# wrong: the bound of He
# named: init_bounds-1
def init_bounds(layer):
    fan_in = layer.weight[0].numel()
    return (6 / fan_in) ** 0.5, 1 / fan_in**0.5


# wrong: channels only
# named: init_bounds-3
def init_bounds(layer):
    fan_in = layer.weight.size(1)
    return fan_in**-0.5, fan_in**-0.5
