"""Which environment a name means, and how Gymnasium comes to know it.

CartPole-v1              registered with Gymnasium
undergrad/Catch-v0       one of ours
atari/Pong-v0            an Atari game
my_world:Corridor-v0     registered by the module `my_world` when it is imported
my_world:Corridor        a class in the module `my_world`, registered or not
"""

import re
import sys
import sysconfig
import traceback
from collections.abc import Iterator
from contextlib import (
    AbstractContextManager,
    contextmanager,
    nullcontext,
    redirect_stdout,
    suppress,
)
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import gymnasium
from gymnasium.envs.registration import EnvSpec

from undergrad.errors import ToolError, UndergradError, UsageError
from undergrad.words import did_you_mean, listing

OURS = "undergrad/"  # what the names of our own environments begin with
ATARI = "atari/"  # and those of Atari games

# Files that are not the environment's own: libraries, Python's own modules, ours.
_PLACES = (sysconfig.get_path("stdlib"), str(Path(__file__).resolve().parent.parent))
_NOT_OWN = re.compile("^<|site-packages|dist-packages|^" + "|^".join(map(re.escape, _PLACES)))


def register(name: str, folder: str = "") -> str:
    """Make the environment `name` known to Gymnasium. Returns its id there.

    Arguments:
        folder: where its module is, when it has one; it is looked for in the current folder too.

    Raises UsageError when there is no such module, or nothing of that name in it.
    """
    if name.startswith(OURS):
        import_module("undergrad.rl.envs").register()
    elif name.startswith(ATARI):
        import_module("undergrad.rl.atari").register(name)
    elif ":" in name:
        module_name, _, inside = name.partition(":")
        return _id_in(_imported(module_name, folder), inside)
    return name


def aside(name: str) -> AbstractContextManager[Any]:
    """Send to stderr what the code of one's own environment prints: stdout is for results."""
    return redirect_stdout(sys.stderr) if ":" in name else nullcontext()


@contextmanager
def foreign(name: str, where: str) -> Iterator[None]:
    """Run an environment's code: printing as in `aside`, and an error as in `fail`."""
    try:
        with aside(name):
            yield
    except (Exception, SystemExit) as error:
        fail(name, where, error)


def fail(name: str, where: str, error: BaseException) -> NoReturn:
    """Raise what an environment raised as one sentence: where it was, what it said, in which line.

    An error of ours is a sentence already; too little memory is not the environment's fault.
    """
    if isinstance(error, UndergradError | MemoryError):
        raise error
    said = " ".join(_text(error).split())[:200].rstrip(".")
    raise ToolError(
        f"The environment {name} failed in {where}: {type(error).__name__}"
        f"{': ' + said if said else ''}{_line(error)}. Correct it; what was saved is kept."
    ) from error


def _text(error: BaseException) -> str:
    """What an error says; "" when it cannot even be asked."""
    with suppress(Exception):
        return str(error.args[0] if isinstance(error, KeyError) and error.args else error)
    return ""


def _imported(name: str, folder: str) -> ModuleType:
    here = str(Path.cwd())
    for place in filter(None, (folder, here)):
        if place not in sys.path:
            sys.path.append(place)
    try:
        with aside(f"{name}:"):
            return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            fail(name, "its import", error)
        raise UsageError(
            f"There is no module `{name}` in {folder or here}: go to the folder that it is in, and "
            "try again there."
        ) from None
    except (Exception, SystemExit) as error:
        fail(name, "its import", error)


def _id_in(module: ModuleType, name: str) -> str:
    """The id of the environment `name` of a module; a class is registered when it is not yet."""
    if name in gymnasium.registry:
        return name
    made_here = [value for value in vars(module).values() if _is_env(value, module)]
    own_id = f"{module.__name__.replace('.', '-')}/{name}"
    if name in [made.__name__ for made in made_here]:
        if own_id not in gymnasium.registry:
            gymnasium.register(own_id, getattr(module, name))
        return own_id
    known = [made.__name__ for made in made_here]
    known += [spec.id for spec in gymnasium.registry.values() if _entry(spec) in made_here]
    cure = did_you_mean(name, known, f"there are {listing(known, most=8) or 'none'}.")
    raise UsageError(f"There is no environment `{name}` in {module.__name__}: {cure}")


def _is_env(value: Any, module: ModuleType) -> bool:
    own = isinstance(value, type) and issubclass(value, gymnasium.Env)
    return own and value.__module__ == module.__name__


def _entry(spec: EnvSpec) -> Any:
    """The class that an id stands for; None when it is not imported."""
    if not isinstance(spec.entry_point, str):
        return spec.entry_point
    module, _, name = spec.entry_point.partition(":")
    return getattr(sys.modules.get(module), name, None)


def _line(error: BaseException) -> str:
    """Where in the environment's own code it happened; "" when it was not there."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not _NOT_OWN.search(frame.filename)]
    return f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""
