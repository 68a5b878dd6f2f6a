"""The networks of presets, and their losses, written for PyTorch.

Each network is a function of `nn`, PyTorch's or ours, whose layers carry the same names; of the
settings of the preset; and of its own network, which says how many symbols a text has. Each loss is
a function of PyTorch's `functional`, the settings, what the network returns, and the target.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from bench.workloads import dense

CLASSES = 4  # of a pixel or a cell: the background, a circle, a square, a triangle


class Twin(NamedTuple):
    """network(nn, settings, ours), and loss(functional, settings, output, target)."""

    network: Callable[[Any, Any, Any], Any]
    loss: Callable[[Any, Any, Any, Any], Any]
    settings: tuple[str, ...] = ("fused", "eager")  # of PyTorch; see `twins.training`


# Losses


def squared_error(f: Any, settings: Any, output: Any, target: Any) -> Any:
    return f.mse_loss(output, target)


def classification(f: Any, settings: Any, scores: Any, target: Any) -> Any:
    return f.cross_entropy(
        scores, target, label_smoothing=getattr(settings, "label_smoothing", 0.0)
    )


def next_character(f: Any, settings: Any, scores: Any, target: Any) -> Any:
    return f.cross_entropy(scores.reshape(-1, scores.shape[-1]), target.reshape(-1))


def of_both(f: Any, settings: Any, scores: Any, target: Any) -> Any:
    return sum(next_character(f, settings, each, target) for each in scores)


def detection(f: Any, settings: Any, predicted: Any, target: Any) -> Any:
    """The classes of all cells, and the boxes where there is one."""
    predicted = predicted.permute(0, 2, 3, 1).reshape(-1, CLASSES + 4)
    cells = target.permute(0, 2, 3, 1).reshape(-1, 5)
    classes = cells[:, 0].long()
    shapes = classes.nonzero()[:, 0]
    boxes = f.smooth_l1_loss(predicted[shapes, CLASSES:], cells[shapes, 1:], beta=0.1)
    return f.cross_entropy(predicted[:, :CLASSES], classes) + settings.box_weight * boxes


# Networks


def convolutions(nn: Any, settings: Any, ours: Any) -> Any:
    """Of `digits-cnn`."""
    channels = settings.channels
    return nn.Sequential(
        nn.Conv2d(1, channels, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(channels, 2 * channels, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(2 * channels, 2 * channels, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(settings.dropout),
        nn.Linear(2 * channels * 4 * 4, 10),
    )


def one_stage(nn: Any, settings: Any, ours: Any) -> Any:
    """Of `shapes-detector`."""
    c = settings.channels
    layers: list[Any] = []
    for before, after, halved in ((3, c, True), (c, 2 * c, True), (2 * c, 4 * c, True),
                                  (4 * c, 4 * c, False), (4 * c, 4 * c, False)):  # fmt: skip
        convolution = nn.Conv2d(before, after, 3, padding=1, bias=False)
        layers += [convolution, nn.BatchNorm2d(after), nn.ReLU(), *[nn.MaxPool2d(2)] * halved]
    return nn.Sequential(*layers, nn.Conv2d(4 * c, CLASSES + 4, 1))


def unet(nn: Any, settings: Any, ours: Any) -> Any:
    """Of `shapes-segment`."""

    class Block(nn.Module):
        def __init__(self, before: int, after: int) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(before, after, 3, padding=1, bias=False)
            self.norm1 = nn.BatchNorm2d(after)
            self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False)
            self.norm2 = nn.BatchNorm2d(after)

        def forward(self, x: Any) -> Any:
            return self.norm2(self.conv2(self.norm1(self.conv1(x)).relu())).relu()

    class UNet(nn.Module):
        def __init__(self, c: int) -> None:
            super().__init__()
            down = [(3, c), (c, 2 * c), (2 * c, 4 * c), (4 * c, 4 * c)]
            double = [(4 * c, 4 * c), (4 * c, 2 * c), (2 * c, c)]
            up = [(8 * c, 4 * c), (4 * c, 2 * c), (2 * c, c)]
            self.down = nn.ModuleList([Block(*widths) for widths in down])
            self.double = nn.ModuleList(
                [nn.ConvTranspose2d(*widths, 2, stride=2) for widths in double]
            )
            self.up = nn.ModuleList([Block(*widths) for widths in up])
            self.head = nn.Conv2d(c, CLASSES, 1)

        def forward(self, x: Any) -> Any:
            from torch import cat

            x, sides = self.down[0](x), []
            for block in list(self.down)[1:]:
                sides.append(x)
                x = block(nn.functional.max_pool2d(x, 2))
            doubles = self._modules["double"]  # `self.double` is a method in PyTorch
            for double, block in zip(doubles, self.up, strict=True):
                x = block(cat([double(x), sides.pop()], 1))
            return self.head(x)

    return UNet(settings.channels)


def char_lstm(nn: Any, settings: Any, ours: Any) -> Any:
    """Of `text-lstm`, and the rival of the Transformer in `text-gpt`."""

    class CharLSTM(nn.Module):
        def __init__(self, symbols: int, width: int, hidden: int) -> None:
            super().__init__()
            self.embedding = nn.Embedding(symbols, width)
            self.lstm = nn.LSTM(width, hidden, batch_first=True)
            self.dropout = nn.Dropout(settings.dropout)
            self.head = nn.Linear(hidden, symbols)

        def forward(self, characters: Any) -> Any:
            return self.head(self.dropout(self.lstm(self.embedding(characters))[0]))

    symbols, hidden = ours.head.weight.shape
    return CharLSTM(symbols, settings.embedding_dim, hidden)


def transformer(nn: Any, settings: Any, ours: Any) -> Any:
    """The Transformer of `text-gpt`."""

    class GPT(nn.Module):
        def __init__(self, symbols: int, width: int, length: int) -> None:
            super().__init__()
            self.character, self.previous = (nn.Embedding(symbols, width) for _ in range(2))
            self.position = nn.Embedding(length, width)
            self.blocks = nn.ModuleList(
                [
                    nn.TransformerEncoderLayer(
                        width,
                        settings.num_heads,
                        4 * width,
                        settings.dropout,
                        "gelu",
                        batch_first=True,
                        norm_first=True,
                    )
                    for _ in range(settings.num_layers)
                ]
            )
            self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, symbols)

        def forward(self, characters: Any) -> Any:
            length = characters.shape[1]
            previous = nn.functional.pad(characters[:, :-1], (1, 0))
            x = self.character(characters) + self.previous(previous)
            x = x + self.position.weight[:length]
            mask = nn.Transformer.generate_square_subsequent_mask(length)
            for block in self.blocks:
                x = block(x, src_mask=mask, is_causal=True)
            return self.head(self.norm(x))

    return GPT(len(ours.head.weight), settings.embedding_dim, settings.sequence_length)


def rivals(nn: Any, settings: Any, ours: Any) -> Any:
    """Both networks of `text-gpt`."""

    class Rivals(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gpt = transformer(nn, settings, ours.gpt)
            self.lstm = char_lstm(nn, settings, ours.lstm)

        def forward(self, characters: Any) -> Any:
            return self.gpt(characters), self.lstm(characters)

    return Rivals()


IMAGES = ("fused", "eager", "channels last")
TWINS = {
    "celsius": Twin(lambda nn, settings, ours: nn.Linear(1, 1), squared_error),
    "moons": Twin(
        lambda nn, s, ours: dense(nn, (2, s.hidden_size, s.hidden_size, 2)), classification
    ),
    "digits": Twin(lambda nn, s, ours: dense(nn, (64, s.hidden_size, 10)), classification),
    "digits-cnn": Twin(convolutions, classification, IMAGES),
    "shapes-detector": Twin(one_stage, detection, IMAGES),
    "shapes-segment": Twin(unet, classification, IMAGES),
    "text-lstm": Twin(char_lstm, next_character),
    "text-gpt": Twin(rivals, of_both),
}
