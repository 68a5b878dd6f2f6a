"""The comparison of the lesson: a diffusion model and a Gaussian per digit, under four judges.

    python race.py        trains the preset from three seeds (about a minute) and writes race.md

The model, its training, its samples and the Gaussians are those of `digits-diffusion`. Three of the
judges are squared Frechet distances of 2,000 samples to the test digits, with different features.
The fourth is the nearest-neighbour test of Lopez-Paz and Oquab (2017): of equally many samples and
test digits, how many have a nearest neighbour of their own kind, in pixels. For a perfect model
both parts are about half. The last column is how often the convolutional classifier reads the digit
that was wanted.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from undergrad.engine import Tensor, no_grad
from undergrad.engine.autograd import Array
from undergrad.engine.training.train import Progress
from undergrad.supervised.generation import classifier, frechet, gaussian_samples
from undergrad.supervised.preset import Experiment
from undergrad.supervised.presets import digits, digits_diffusion

HERE = Path(__file__).resolve().parent
SEEDS = (1, 2, 7)  # those of the preset
WANTED = np.arange(2_000) % 10


def trained(experiment: Experiment) -> Experiment:
    """The experiment of a preset after its training."""
    experiment.train(Progress())
    experiment.model.eval()
    return experiment


def dense_features() -> Callable[[Array], Array]:
    """The hidden layer of the preset `digits`, trained with seed 0: (n, 64) -> (n, 512)."""
    hidden = list(trained(digits.PRESET.experiment(0)).model)[:2]

    def features(pixels: Array) -> Array:
        with no_grad():
            x = Tensor(pixels.astype(np.float32))
            for layer in hidden:
                x = layer(x)
        return np.asarray(x.data)

    return features


def own_kind(samples: Array, real: Array) -> list[float]:
    """The fractions of n samples, and of n real examples, whose nearest neighbour is their kind."""
    x, kind = np.concatenate([samples, real]), np.repeat([0, 1], [len(samples), len(real)])
    squares = (x**2).sum(axis=1)
    distance = squares[:, None] + squares - 2 * x @ x.T
    np.fill_diagonal(distance, np.inf)
    same = kind[distance.argmin(axis=1)] == kind
    return [float(same[kind == each].mean()) for each in (0, 1)]


def sides(seed: int) -> Iterator[tuple[str, Array, Array]]:
    """Name, images and labels of each side, and of the test digits first, for one seed."""
    images, labels, test_images, test_labels = digits.split_digits(np.random.default_rng(seed))
    pixels = images.reshape(-1, 64)
    yield "test digits", test_images.reshape(-1, 64), test_labels
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    yield "training digits", pixels[shuffled], labels[shuffled]
    settings = digits_diffusion.Settings()
    model = trained(digits_diffusion.build(settings, seed)).model
    for w in (1.0, 0.0):
        drawing = np.random.default_rng(seed)
        drawn = digits_diffusion.sample(model, WANTED, settings.sampling_steps, w, drawing)
        yield f"diffusion, $w = {w:g}$", drawn, WANTED
        if w == settings.guidance:  # with the generator where the preset leaves it
            gaussian = gaussian_samples(pixels, labels, WANTED, drawing)
    yield "Gaussian per digit", gaussian, WANTED


def main() -> None:
    eyes, dense = classifier(), dense_features()
    judges = (eyes.features, dense, lambda pixels: pixels.astype(float))
    rows: dict[str, list[list[float]]] = {}
    for seed in SEEDS:
        (_, real, _), *others = sides(seed)
        for name, pixels, labels in others:
            found = [frechet(judge(pixels), judge(real)) for judge in judges]
            found += own_kind(pixels[: len(real)].astype(float), real.astype(float))
            found += [float((eyes.read(pixels) == labels).mean())]
            rows.setdefault(name, []).append(found)
            print(seed, name, np.round(found, 3), flush=True)
    lines = [
        "| images | convolutional features | dense features | pixels "
        "| sample next to sample | test digit next to test digit | read as wanted |",
        "|---|---|---|---|---|---|---|",
    ]
    forms = ("{:.3f}", "{:.2f}", "{:.3f}", "{:.2f}", "{:.2f}", "{:.3f}")
    for name, found in rows.items():
        cells = [
            ", ".join(form.format(value) for value in column)
            for form, column in zip(forms, zip(*found, strict=True), strict=True)
        ]
        lines.append("| " + " | ".join([name, *cells]) + " |")
    (HERE / "race.md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
