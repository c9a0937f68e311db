"""The forms on which learners answer: radio buttons, or a line to type in. Widgets, for a keyboard as well as for a mouse."""

from __future__ import annotations

import html
import time
import warnings
from typing import TYPE_CHECKING, Any

from course_utils.explore.front_end import with_fallback
from course_utils.recall.choices import as_inline
from course_utils.recall.typed import Unclear

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from course_utils.recall.practice import Practice

#: Options are sentences: they wrap, where ipywidgets gives a button one line of its own height.
STYLE = """<style>
.recall .widget-radio, .recall .widget-radio-box { width: auto; max-width: 60em; }
.recall .widget-radio-box label { height: auto; line-height: 1.45; white-space: normal; padding: 3px 0;
  display: flex; align-items: flex-start; }
.recall .widget-radio-box label input { order: -1; flex: none; margin: 0 8px 0 2px; }
.recall :focus-visible { outline: 2px solid #0969da; outline-offset: 2px; }
</style>"""


def choose(labels: Sequence[str], answer: Callable[[int], None], chosen: int | None, elsewhere: str) -> Any:
    """Radio buttons and a button *Answer*, which calls `answer` with the place of the label that is chosen.

    `elsewhere` is what is shown where the notebook is read and nothing can be clicked.
    """
    import ipywidgets as widgets

    radio = widgets.RadioButtons(options=[(label, i) for i, label in enumerate(labels)], index=chosen)
    button = widgets.Button(description="Answer", disabled=chosen is None)

    def ready(change: object) -> None:
        button.disabled = radio.index is None

    def given(pressed: object) -> None:
        if radio.index is not None:
            answer(radio.index)

    radio.observe(ready, "index")
    button.on_click(given)
    return _form([radio, button], elsewhere)


#: Seconds within which what was typed follows the message that Enter was pressed.
TOGETHER = 1.0


def ask(asked: Practice, elsewhere: str) -> Any:
    """A question with a line to type the answer in, which Enter or *Answer* hands over, and a button for another question.

    At Enter the front end first says that it was pressed, and then sends what was typed; where the line is left otherwise, it
    sends that alone, which is no answer yet.
    """
    import ipywidgets as widgets

    call, said = widgets.HTML(), widgets.HTML()
    line = widgets.Text(
        description="Your answer:",
        continuous_update=False,
        style={"description_width": "initial"},
        layout=widgets.Layout(width="26em"),
    )
    button, another = widgets.Button(description="Answer"), widgets.Button(description="Another question")
    entered = -TOGETHER

    def give(*pressed: object) -> None:
        try:
            said.value = asked.answer(line.value)
        except Unclear as problem:
            said.value = f'<div role="status">{as_inline(str(problem))}</div>'

    def enter(*pressed: object) -> None:
        nonlocal entered
        entered = time.monotonic()

    def sent(change: object) -> None:
        if line.value and time.monotonic() - entered < TOGETHER:
            give()

    def draw(*pressed: object) -> None:
        asked.next()
        show()

    def show() -> None:
        call.value = f"<div>What does <code>{html.escape(asked.call)}</code> return? Predict it; nothing is run.</div>"
        line.value = said.value = ""

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # observing the value alone would answer when Tab is pressed
        line.on_submit(enter)
    line.observe(sent, "value")
    button.on_click(give)
    another.on_click(draw)
    show()
    row = widgets.HBox([line, button, another], layout=widgets.Layout(flex_flow="row wrap"))
    return _form([call, row, said], elsewhere)


def _form(rows: Sequence[Any], elsewhere: str) -> Any:
    """A column of widgets in the forms' look; `elsewhere` is shown where widgets cannot be."""
    import ipywidgets as widgets

    form = with_fallback([widgets.HTML(STYLE), *rows], f"<p>{html.escape(elsewhere)}</p>", elsewhere)
    form.add_class("recall")
    return form
