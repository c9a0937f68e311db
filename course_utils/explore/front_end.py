"""Whether an explorer can be clicked here, and the box of controls that carries its figure for where it cannot."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from course_utils.explore.drawing import Drawing


def live_front_end() -> bool:
    """Whether someone sits in front of this notebook, so that a widget can be clicked.

    Kernels that a Jupyter server (JupyterLab, Notebook, Binder), VS Code or Colab started carry a mark of theirs in the
    environment; those that nbconvert, nbgrader or nbval started do not. `COURSE_WIDGETS=1` or `0` overrules.
    """
    wish = os.environ.get("COURSE_WIDGETS", "")
    if wish in ("0", "1"):
        return wish == "1"
    if "NBGRADER_EXECUTION" in os.environ:
        return False
    return any(mark in os.environ for mark in ("JPY_SESSION_NAME", "VSCODE_PID", "COLAB_RELEASE_TAG"))


def with_fallback(rows: Sequence[object], drawing: Drawing) -> object:
    """A column of widgets that also carries `drawing`, for readers of the notebook that cannot show widgets."""
    import ipywidgets as widgets

    class Explorer(widgets.VBox):
        def _repr_mimebundle_(self, **kwargs: object) -> dict:
            return {
                **super()._repr_mimebundle_(**kwargs),
                "text/html": drawing._repr_html_(),
                "text/plain": repr(drawing),
            }

    return Explorer(list(rows))
