"""The page that a learner gets back: what each exercise earned and why, their own answers, and nothing of the grader's.

`nbgrader generate_feedback` writes it, by two settings of nbgrader_config.py, and `autograder feedback` that of a whole class:
`ForLearners` chooses from the graded notebook what is shown, and `FeedbackExporter` lays it out as one file that loads nothing and
reads well on a telephone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.feedback.page import FeedbackExporter, ForLearners

__all__ = ["FeedbackExporter", "ForLearners"]


def __getattr__(name: str) -> Any:
    """Both, when they are asked for: they import nbconvert, for which `autograder --help` must not wait."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from autograder.feedback import page

    return getattr(page, name)
