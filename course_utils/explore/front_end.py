"""What all explorers share: whether one can be clicked here, its controls, and its figure for where it cannot.

An explorer says what it draws and which of the drawing's arguments a reader may turn:

    explorer(draw_activation, [Choice("name", "function", names(ACTIVATIONS), name), Slider("at", "x", at, -4.0, 4.0, 0.25)])
"""

from __future__ import annotations

import html
import os
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

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


@dataclass(frozen=True)
class Choice:
    """A list to choose one value from, by words. A value of one's own stands first, as "my own"."""

    argument: str  # of the function that draws
    label: str
    options: Mapping[str, object]  # what each value is called -> the value
    value: object
    width: str = "300px"

    def widget(self) -> Any:
        import ipywidgets as widgets

        known = list(self.options.values())
        place = next(
            (i for i, value in enumerate(known) if type(value) is type(self.value) and value == self.value), -1
        )
        own = [("my own", self.value)] if place < 0 else []
        return widgets.Dropdown(
            options=[*own, *self.options.items()],
            index=max(place, 0),
            description=self.label,
            layout=_as_wide_as(self.width),
        )


@dataclass(frozen=True)
class Slider:
    """A number to move between two ends, in steps; whole where all of these are."""

    argument: str  # of the function that draws
    label: str
    value: float
    lowest: float
    highest: float
    by: float = 1
    width: str = "300px"

    def widget(self) -> Any:
        import ipywidgets as widgets

        whole = all(isinstance(n, Integral) for n in (self.value, self.lowest, self.highest, self.by))
        kind = widgets.IntSlider if whole else widgets.FloatSlider
        return kind(
            self.value,
            min=self.lowest,
            max=max(self.highest, self.value),
            step=self.by,
            description=self.label,
            layout=_as_wide_as(self.width),
        )


@dataclass(frozen=True)
class Typed:
    """A line to type a word into; it counts once Enter is pressed or the line is left."""

    argument: str  # of the function that draws
    label: str
    value: str
    width: str = "260px"

    def widget(self) -> Any:
        import ipywidgets as widgets

        layout = _as_wide_as(self.width)
        return widgets.Text(self.value, description=self.label, continuous_update=False, layout=layout)


@dataclass(frozen=True)
class Steps:
    """A slider over the steps of one drawing and a button that plays them: the argument `step`, counted from 0.

    `count` takes what the other controls hold, by name, and gives how many steps there are; it raises ValueError where
    they make no drawing.
    """

    value: int
    count: Callable[..., int]
    milliseconds: int = 700  # between two steps, while they play


def names(named: Iterable[str]) -> dict[str, str]:
    """Options of a `Choice` that are called what they are."""
    return {name: name for name in named}


def explorer(
    draw: Callable[..., Drawing], *rows: Sequence[Choice | Slider | Typed], steps: Steps | None = None
) -> object:
    """The drawing of the given values; where it can be clicked, with rows of controls over it, and redrawn as they move.

    `draw` takes the arguments that the controls name, and `step` where there are `steps`. Raises as it does; what it raises
    as ValueError once a control has moved stands in the drawing's place.
    """
    chosen = {control.argument: control.value for row in rows for control in row}
    drawing = draw(**chosen) if steps is None else draw(**chosen, step=steps.value)
    return _clickable(drawing, draw, rows, steps) if live_front_end() else drawing


def _clickable(
    drawing: Drawing,
    draw: Callable[..., Drawing],
    rows: Sequence[Sequence[Choice | Slider | Typed]],
    steps: Steps | None,
) -> object:
    """A column of widgets: the rows of controls, the steps, the figure."""
    import ipywidgets as widgets

    placed = [[(control.argument, control.widget()) for control in row] for row in rows]
    turned = dict(pair for row in placed for pair in row)
    boxes = [[widget for _, widget in row] for row in placed]
    figure = widgets.HTML()
    player, at = _step_controls(steps) if steps else (None, None)
    boxes += [[player, at]] if steps else []

    def refresh(change: object = None) -> None:
        chosen = {argument: widget.value for argument, widget in turned.items()}
        try:
            if steps and at and player:
                at.max = player.max = steps.count(**chosen) - 1  # also moves `at` back where it lies beyond
                chosen["step"] = at.value
            figure.value = draw(**chosen).svg
        except ValueError as problem:
            figure.value = f"<p>{html.escape(str(problem))}</p>"

    for widget in [*turned.values(), *([at] if steps else [])]:
        widget.observe(refresh, "value")
    refresh()
    wrapping = widgets.Layout(flex_flow="row wrap")  # below one another in a narrow window
    rows = [*(widgets.HBox(box, layout=wrapping) for box in boxes), figure]
    return with_fallback(rows, drawing._repr_html_(), repr(drawing))


def _step_controls(steps: Steps) -> tuple[Any, Any]:
    """The button that plays, and the slider that it moves."""
    import ipywidgets as widgets

    many = 10_000  # until the first drawing says how many there are
    slider = widgets.IntSlider(steps.value, 0, many, description="step", layout=_as_wide_as("420px"))
    play = widgets.Play(steps.value, min=0, max=many, interval=steps.milliseconds, description="play the steps")
    widgets.jslink((play, "value"), (slider, "value"))
    return play, slider


def _as_wide_as(width: str) -> object:
    import ipywidgets as widgets

    return widgets.Layout(width=width, min_width="260px")  # a slider that shrinks to a dot cannot be moved


def with_fallback(rows: Sequence[object], as_html: str, as_text: str) -> Any:
    """A column of widgets that also carries what to show where the notebook is read and widgets cannot be."""
    import ipywidgets as widgets

    class Clickable(widgets.VBox):
        def _repr_mimebundle_(self, **kwargs: object) -> dict:
            return {**super()._repr_mimebundle_(**kwargs), "text/html": as_html, "text/plain": as_text}

    return Clickable(list(rows))
