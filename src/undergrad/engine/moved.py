"""Old names of modules. Projects that were begun before a module moved still import it by these."""

import importlib
import sys
from types import ModuleType
from typing import Any

MOVED = {
    "undergrad.engine.callbacks": "undergrad.engine.training.callbacks",
    "undergrad.engine.checkpoint": "undergrad.engine.training.checkpoint",
    "undergrad.engine.json_log": "undergrad.engine.training.json_log",
    "undergrad.engine.parallel": "undergrad.engine.training.parallel",
    "undergrad.engine.rate_test": "undergrad.engine.tools.lr_finder",
    "undergrad.engine.regularise": "undergrad.engine.training.regularise",
    "undergrad.engine.train": "undergrad.engine.training.train",
    "undergrad.engine.detection": "undergrad.engine.tools.detection",
    "undergrad.engine.gradcheck": "undergrad.engine.tools.gradcheck",
    "undergrad.engine.metrics": "undergrad.engine.tools.metrics",
    "undergrad.engine.summary": "undergrad.engine.tools.summary",
    "undergrad.engine.viz": "undergrad.engine.tools.viz",
    "undergrad.engine.ops.likelihood": "undergrad.engine.ops.cross_entropy",
    "undergrad.engine.ops.probability": "undergrad.engine.ops.binary_cross_entropy",
    "undergrad.engine.data.films": "undergrad.datasets.films",
    "undergrad.engine.data.formats": "undergrad.datasets.formats",
    "undergrad.engine.data.points": "undergrad.datasets.points",
    "undergrad.engine.data.shapes": "undergrad.datasets.shapes",
    "undergrad.engine.data.sources": "undergrad.datasets",
    "undergrad.engine.data.strokes": "undergrad.datasets.strokes",
    "undergrad.engine.data.text": "undergrad.datasets.text",
}


class _Moved(ModuleType):
    """Stands under the old name; each of its attributes is that of the module under the new one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(MOVED[self.__name__]), name)


def keep_old_names() -> None:
    """Let imports of the old names find their modules, which are loaded only when they are used."""
    for old in MOVED:
        sys.modules.setdefault(old, _Moved(old, f"Moved to {MOVED[old]}."))
