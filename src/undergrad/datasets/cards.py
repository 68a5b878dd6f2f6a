"""What is known about each dataset: what it holds, under which terms, and whom to credit.

A set of the shelf comes with undergrad, in a folder of its own with `LICENSE.txt`, `SOURCE.md`
(from where, how it was cut, baselines) and `SHA256SUMS`. A set to download is fetched when a
learner says so, and has a stand-in for those who are offline.
"""

from dataclasses import dataclass
from pathlib import Path

from undergrad.errors import UsageError
from undergrad.words import did_you_mean

SHELF = Path(__file__).with_name("data")


@dataclass(frozen=True)
class Card:
    """One dataset."""

    name: str
    what: str  # a few words
    count: str
    terms: str  # an SPDX expression, or whose terms hold
    credit: str  # the line to print beside a result
    baseline: str = ""  # to be beaten; `SOURCE.md` says how it was measured
    stand_in: str = ""  # of a set to download: what does a similar job offline
    bytes: int = 0  # of a set to download

    @property
    def folder(self) -> Path | None:
        """Where its files lie, when it comes with undergrad."""
        return None if self.stand_in else SHELF / self.name

    @property
    def megabytes(self) -> float:
        """The size of all of its files."""
        if self.folder is None:
            return self.bytes / 1e6
        return sum(each.stat().st_size for each in self.folder.iterdir()) / 1e6


CARDS = (
    Card(
        "digits", "handwritten digits, 8x8 pixels", "1,797 images", "CC-BY-4.0 AND BSD-3-Clause",
        "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI (CC BY 4.0)",
    ),
    Card(
        "fashion", "photographs of clothes, 28x28 pixels, ten classes", "5,000 and 1,000 images",
        "MIT", "Fashion-MNIST, Zalando SE (MIT)", "linear on pixels, 1,000 labels: 0.81 accuracy",
    ),
    Card(
        "photos", "cat, coffee, rocket, galaxies, coins, brick, grass, gravel", "8 photographs",
        "CC0-1.0", "photographs from scikit-image; see LICENSE.txt for each (CC0, public domain)",
        "textures from colour statistics: 0.78 accuracy",
    ),
    Card(
        "nuclei", "a microscope photograph with a mask for each cell nucleus", "125 nuclei",
        "CC0-1.0 AND BSD-3-Clause", "BBBC038, Broad Bioimage Benchmark Collection (CC0)",
        "one Otsu threshold: 0.79 IoU",
    ),
    Card(
        "trees", "aerial photographs with a box round every tree crown", "316 tiles, 934 boxes",
        "MIT", "DeepForest, B. Weinstein; NEON airborne photographs (MIT)",
        "tree or not from colour: 0.76 accuracy",
    ),
    Card(
        "trunk", "the first eleven blocks of a network trained on ImageNet", "692,688 weights",
        "Apache-2.0", "EfficientNet-Lite0, changed: first blocks, folded, float16 (Apache-2.0)",
    ),
    Card(
        "book", "Moby-Dick, the whole text", "1,191,295 characters", "CC0-1.0",
        "Herman Melville, Moby-Dick; or, The Whale, 1851 (public domain)",
        "4-gram counts: 2.40 bits per character",
    ),
    Card(
        "names", "first names in the USA with their counts", "32,000 names", "CC0-1.0",
        "US Social Security Administration, national names 1880 to 2017 (public domain)",
        "bigram counts: 2.43 nats per character",
    ),
    Card(
        "libraries", "which program uses which library", "20,560 pairs, 2,092 x 253", "CC0-1.0",
        "dependencies in the index of Debian 12",
        "popularity 0.364, SVD with 16 factors 0.702 hits among ten",
    ),
    Card(
        "weather", "Seattle, every day from 2012 to 2015", "1,461 days", "MIT",
        "NOAA, by way of vega_datasets (public domain, MIT)",
        "tomorrow's maximum as today's: 2.24 degrees off",
    ),
    Card(
        "watch", "seven exercises measured by a smartwatch", "140 recordings of ten people",
        "BSD-3-Clause", "D. Burns et al., arXiv 1802.01489 (BSD-3)",
        "linear: 0.842 accuracy on new people",
    ),
    Card(
        "connect4", "Connect Four positions with the exact score of every move", "4,800 positions",
        "CC0-1.0", "solved with BitBully (CC0)", "a random move is among the best in 0.34",
    ),
    Card(
        "mnist", "handwritten digits, 28x28 pixels", "60,000 and 10,000 images", "see its page",
        "MNIST, Y. LeCun, C. Cortes, C. Burges", stand_in="digits", bytes=11_594_722,
    ),
    Card(
        "fashion-mnist", "photographs of clothes, all of them", "60,000 and 10,000 images", "MIT",
        "Fashion-MNIST, Zalando SE (MIT)", stand_in="fashion", bytes=30_878_645,
    ),
    Card(
        "cifar10", "small colour photographs of ten classes", "50,000 and 10,000 images",
        "see its page", "CIFAR-10, A. Krizhevsky", stand_in="photos", bytes=170_052_171,
    ),
    Card(
        "movielens-100k", "ratings of films by people, 1998", "100,000 ratings",
        "GroupLens: for research, not to be passed on", "MovieLens 100k, GroupLens Research",
        stand_in="libraries", bytes=4_924_029,
    ),
)  # fmt: skip


def card(name: str) -> Card:
    """The card of a dataset. UsageError, with the nearest name, when there is none."""
    for each in CARDS:
        if each.name == name:
            return each
    cure = did_you_mean(name, [each.name for each in CARDS], "see `undergrad data list`.")
    raise UsageError(f"There is no dataset `{name}`: {cure}")
