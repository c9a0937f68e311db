"""Remarks about a grading, kept in the graded notebook itself."""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode

from autograder.judged import REMARKS


def remark(notebook: NotebookNode, words: str) -> None:
    """Note, in the graded notebook itself, something that the instructor should know about its grading."""
    notebook.metadata.setdefault(REMARKS, [])
    if words not in notebook.metadata[REMARKS]:
        notebook.metadata[REMARKS].append(words)
