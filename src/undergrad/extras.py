"""Libraries that do not come with undergrad, by the extra that brings them.

missing("torch")                # True where PyTorch is not installed
advice("frameworks", "torch")   # frameworks needs PyTorch: `pip install 'undergrad[torch]'`.
"""

from importlib.util import find_spec

# The extras of pyproject.toml that code asks for: what each brings, in words and as modules.
_EXTRAS = {
    "atari": ("more libraries", ("ale_py", "cv2")),
    "torch": ("PyTorch", ("torch",)),
}


def missing(extra: str) -> bool:
    """Whether a module of `extra` is not installed."""
    return any(find_spec(module) is None for module in _EXTRAS[extra][1])


def install(extra: str) -> str:
    """What `extra` brings, and the command that brings it."""
    return f"{_EXTRAS[extra][0]}: `pip install 'undergrad[{extra}]'`"


def advice(what: str, extra: str) -> str:
    """The sentence for somebody who wants `what` and lacks `extra`."""
    return f"{what} needs {install(extra)}."
