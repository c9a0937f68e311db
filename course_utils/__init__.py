"""What a learner imports: `start`, `check`, and the modules `data`, `explore`, `pictures`, `plot` and `progress`.

Importing it is quick on purpose: NumPy, Matplotlib, pandas and TensorFlow are imported where they are first needed.
"""

import importlib
import os
from typing import TYPE_CHECKING

# TensorFlow's start-up messages are written to stderr, where nbgrader takes them for a failed test.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

if TYPE_CHECKING:  # what `__getattr__` gives, by its types
    from course_utils import data, explore, pictures, plot, progress
    from course_utils.checking import check, start

__all__ = ["check", "data", "explore", "pictures", "plot", "progress", "start"]


def __getattr__(name: str) -> object:
    """Import `check` and `start`, or a module of the course, at first use."""
    if name in ("check", "start"):
        return getattr(importlib.import_module("course_utils.checking"), name)
    if name in __all__:
        return importlib.import_module(f"course_utils.{name}")
    raise AttributeError(f"module 'course_utils' has no attribute {name!r}; it offers {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
