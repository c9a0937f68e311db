"""The instructor's side of the course: exercises, packs, build, proof and grading. It never leaves the instructor's machine."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what `__getattr__` gives, by its type
    from autograder.grading import grade

__all__ = ["grade"]


def __getattr__(name: str) -> object:
    """Import `grade` at first use: it belongs to a course, and not every command is called in one."""
    if name == "grade":
        from autograder.grading import grade

        return grade
    raise AttributeError(f"module 'autograder' has no attribute {name!r}")
