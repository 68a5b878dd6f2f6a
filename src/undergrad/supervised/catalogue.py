"""Which supervised presets there are. Each is imported only when it is loaded."""

from importlib import import_module

from undergrad.errors import UsageError
from undergrad.runs.preset import Kind
from undergrad.supervised.preset import Preset
from undergrad.supervised.seeds import evaluate_seed, summarise, train_seed

NAMES = (
    "celsius",
    "moons",
    "digits",
    "digits-cnn",
    "digits-vae",
    "digits-diffusion",
    "vit-digits",
    "films",
    "text-lstm",
    "text-gpt",
    "text-llm",
    "sums-sft",
    "sums-grpo",
    "copy-task",
    "shapes-detector",
    "shapes-segment",
    "photos-segment",
)


def load(name: str) -> Preset:
    """The preset called `name`. UsageError when there is none."""
    if name not in NAMES:
        raise UsageError(f"There is no preset `{name}`; there are {', '.join(NAMES)}.")
    module = import_module(f"undergrad.supervised.presets.{name.replace('-', '_')}")
    preset = module.PRESET
    assert isinstance(preset, Preset) and preset.name == name
    return preset


KIND = Kind("supervised", lambda: NAMES, load, train_seed, evaluate_seed, summarise)
