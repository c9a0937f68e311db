"""The forms on which learners answer: radio buttons, or a line to type in. Widgets, for a keyboard as well as for a mouse."""

from __future__ import annotations

import html
import warnings
from typing import TYPE_CHECKING, Any

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


def ask(asked: Practice, elsewhere: str) -> Any:
    """A question with a line to type the answer in, which Enter or *Answer* hands over, and a button for another question."""
    import ipywidgets as widgets

    call, said = widgets.HTML(), widgets.HTML()
    line = widgets.Text(description="Your answer:", style={"description_width": "initial"}, layout={"width": "26em"})
    button, another = widgets.Button(description="Answer"), widgets.Button(description="Another question")

    def show(*pressed: object) -> None:
        call.value = f"<div>What does <code>{html.escape(asked.call)}</code> return? Predict it; nothing is run.</div>"
        line.value = said.value = ""

    def given(*pressed: object) -> None:
        from course_utils.recall.choices import as_inline
        from course_utils.recall.typed import Unclear

        try:
            said.value = asked.answer(line.value)
        except Unclear as problem:
            said.value = f'<div role="status">{as_inline(str(problem))}</div>'

    def draw(*pressed: object) -> None:
        asked.next()
        show()

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # observing the value instead would answer when Tab is pressed
        line.on_submit(given)
    button.on_click(given)
    another.on_click(draw)
    show()
    row = widgets.HBox([line, button, another], layout=widgets.Layout(flex_flow="row wrap"))
    return _form([call, row, said], elsewhere)


def _form(rows: Sequence[Any], elsewhere: str) -> Any:
    """A column of widgets that also carries words, for readers of the notebook that cannot show widgets."""
    import ipywidgets as widgets

    class Form(widgets.VBox):
        def _repr_mimebundle_(self, **kwargs: object) -> dict:
            said = {"text/html": f"<p>{html.escape(elsewhere)}</p>", "text/plain": elsewhere}
            return {**super()._repr_mimebundle_(**kwargs), **said}

    form = Form([widgets.HTML(STYLE), *rows])
    form.add_class("recall")
    return form
