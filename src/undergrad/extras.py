"""Libraries that do not come with undergrad, by the extra that brings them.

    missing("torch")                # True where PyTorch is not installed
    advice("frameworks", "torch")   # frameworks needs PyTorch: run `pip install ...`.

An extra is a name of pyproject.toml's optional dependencies.
"""

from importlib.util import find_spec

# The extras of pyproject.toml that code asks for: what each brings, in words and as modules.
_EXTRAS = {
    "atari": ("more libraries", ("ale_py", "cv2")),
    "class": ("more libraries", ("cryptography", "psycopg")),
    "cluster": ("Dask", ("distributed", "cryptography")),
    "jax": ("JAX", ("jax",)),
    "torch": ("PyTorch", ("torch",)),
}


def missing(extra: str) -> bool:
    """Whether a module of `extra` is not installed."""
    return any(find_spec(module) is None for module in _EXTRAS[extra][1])


def advice(what: str, extra: str) -> str:
    """The sentence for somebody who wants `what` and lacks `extra`."""
    return f"{what} needs {_EXTRAS[extra][0]}: run `pip install 'undergrad[{extra}]'`."
