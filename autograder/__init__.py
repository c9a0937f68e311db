"""The instructor's side of the course: exercises, packs, build, proof and grading. It never leaves the instructor's machine."""

from autograder.grading import grade

__all__ = ["grade"]
