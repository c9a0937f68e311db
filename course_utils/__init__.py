"""What a learner imports: `start`, `check`, `question`, `practice`; the modules `data`, `explore`, `pictures`, `plot`, `progress`.

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
    from course_utils.recall.practice import practice
    from course_utils.recall.questions import question

__all__ = ["check", "data", "explore", "pictures", "plot", "practice", "progress", "question", "start"]

#: The functions, and the module that each is in.
_FUNCTIONS = {
    "check": "course_utils.checking",
    "practice": "course_utils.recall.practice",
    "question": "course_utils.recall.questions",
    "start": "course_utils.checking",
}


def __getattr__(name: str) -> object:
    """Import a function, or a module of the course, at first use."""
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(_FUNCTIONS[name]), name)
    if name in __all__:
        return importlib.import_module(f"course_utils.{name}")
    raise AttributeError(f"module 'course_utils' has no attribute {name!r}; it offers {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
