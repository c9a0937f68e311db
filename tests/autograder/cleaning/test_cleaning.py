"""`autograder.cleaning`: what stays of HTML, Markdown and rich outputs, what does not, and how long it takes."""

import base64
import re
import time

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.preprocessors import Execute

from autograder.cleaning import Room, clean_bundle, clean_html, clean_metadata, markdown_html
from autograder.cleaning.style import clean_style
from autograder.engine.judge import judging
from autograder.engine.run.runner import Result
from autograder.limits import MAX_COPIED, MAX_HTML_DEPTH
from autograder.plugins.execute_all import ExecuteAll
from course_utils.verdict import as_html
from tests.doubles import processor_time

VERDICT = (
    '<div class="verdict" style="border-left: 4px solid #cf222e; display: flex; background: rgba(213,94,0,.30)">'
    '<b>yours</b><img src="data:image/png;base64,iVBORw0KGgo=" alt="yours: 2 by 2" width="10" height="10" '
    'style="image-rendering: pixelated; display: block"></div>'
)
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


@pytest.mark.parametrize(
    "kept",
    [
        "<p>one <b>two</b> <em>three</em> <code>x &lt; 1</code></p>",
        '<div class="verdict" style="border-left: 4px solid #cf222e; padding: 4px 10px; max-width: 60em">wrong</div>',
        '<td style="background: rgba(213,94,0,.30); font-weight: 600; text-align: right">1</td>',
        f'<img src="data:image/png;base64,{PIXEL}" alt="a, b" width="160" height="160" style="image-rendering: pixelated">',
        '<table border="1" class="dataframe"><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>',
        "<details><summary>more</summary>text</details>",
        '<math display="block"><mrow><mi mathvariant="bold">x</mi><mo>&lt;</mo><msqrt><mn>2</mn></msqrt></mrow></math>',
        '<audio controls=""><source src="data:audio/wav;base64,UklGRg==" type="audio/wav"></audio>',
    ],
)
def test_what_lessons_and_libraries_show_stays(kept):
    page = f"<table><tbody><tr>{kept}</tr></tbody></table>" if kept.startswith("<td") else kept
    assert clean_html(page) == page


def test_links_to_other_sites_stay_and_open_beside_the_page():
    page = clean_html('<a href="https://example.org/a?b=1&amp;c=2">x</a> <a href="mailto:a@b.org">y</a>')
    assert page.count("<a href=") == 2
    assert page.count('target="_blank" rel="noopener noreferrer"') == 2


def test_styles_that_pandas_writes_by_id_become_the_elements_own():
    page = clean_html(
        '<style type="text/css">#T_1_row0_col0, #T_1_row1_col0 { background-color: #fff7fb; color: #000000; }'
        '#T_1_row1_col0 { position: fixed; font-weight: bold }</style><table id="T_1"><tbody><tr>'
        '<td id="T_1_row0_col0" class="data row0 col0">1</td><td id="T_1_row1_col0">2</td></tr></tbody></table>'
    )
    assert '<td style="background-color: #fff7fb; color: #000000">1</td>' in page
    assert '<td style="background-color: #fff7fb; color: #000000; font-weight: bold">2</td>' in page
    assert "<style" not in page
    assert "id=" not in page


def test_a_drawing_becomes_a_picture_in_which_nothing_runs():
    page = clean_html('a<svg onload="alert(1)"><circle r="3"/></svg>b')
    assert page.startswith('a<img src="data:image/svg+xml;base64,')
    assert page.endswith('style="max-width: 100%">b')


HOSTILE = {
    "script": "<script>f()</script>",
    "script in svg": "<svg><script>f()</script></svg>",
    "event": "<p onclick=f() OnMouseOver='f()'>x</p>",
    "image that fails": "<img src=x onerror=f()>",
    "image that calls home": "<img src=//evil.example/a.png><img src=https://evil.example/a srcset='//evil.example/b 2x'>",
    "picture with a script": "<img src='data:image/svg+xml,<svg onload=f()>'>",
    "script address": "<a href='javascript:f()'>x</a><a href=' java\tscript:f()'>y</a>",
    "page in an address": "<a href='data:text/html,<script>f()</script>'>x</a>",
    "own site": "<a href='/hub/logout'>x</a><a href='../formgrader'>y</a>",
    "frame": "<iframe src=//evil.example></iframe><object data=//evil.example></object><embed src=//evil.example>",
    "form": "<form action=//evil.example><input name=a><button formaction='javascript:f()'>x</button></form>",
    "refresh": "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "base and link": "<base href=//evil.example><link rel=stylesheet href=//evil.example>",
    "style sheet": "<style>@import '//evil.example'; body{display:none}</style>",
    "style that loads": "<p style='background:url(//evil.example)'>x</p><p style='background:u\\72l(//evil.example)'>x</p>",
    "style that covers": "<p style='position:fixed;top:0;margin-top:-900px;z-index:9'>x</p><p class='modal-backdrop in'>x</p>",
    "math": "<math><mtext></mtext><mglyph><svg><mtext><style><img title='</style><img src=x onerror=f()>'></svg></math>",
    "noscript": "<noscript><p title='</noscript><img src=x onerror=f()>'></noscript>",
    "names of the page": "<a id=jupyter name=location>x</a><img name=getElementById>",
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_acts_loads_leaves_or_covers(page):
    made = clean_html(f"before {VERDICT} {page} after")
    rest = re.sub(r'"data:image/svg\+xml;base64,[^"]*"|<a href="https://[^"]*" [^>]*>', "", made)
    tags = "".join(re.findall("<[^>]*>", rest))
    assert not re.search(
        r"script|svg|iframe|form|meta|base\b|link|\bon\w+=|//|url|fixed|-900|modal|\b(id|name)=", tags, re.I
    )
    assert made.startswith("before ")
    assert VERDICT in made


@given(st.text("<>/ \"'=abpdivtrz;:!-&#0123\n"))
def test_cleaning_again_changes_nothing(page):
    once = clean_html(page)
    assert clean_html(once) == once


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("<script>alert(1)</script>b", "b"),
        ("<b onclick=alert(1)>b</b>", "<b>b</b>"),
        ("<iframe srcdoc='<script>'>x</iframe>b", "b"),
        ("<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>b", "[a picture"),
        ("<a href=' java&#115;cript:alert(1)'>b</a>", ">b</a>"),
        ("<a href='/user/x/lab'>b</a>", ">b</a>"),
        ("<a href='data:text/html,<script>'>b</a>", ">b</a>"),
        (
            "<form action=/x><input name=a autofocus onfocus=alert(1)><button formaction=javascript:1>b</button></form>",
            "b",
        ),
        ("<meta http-equiv=refresh content='0;url=/x'><base href=//x><link rel=stylesheet href=//x>b", "b"),
        ("<img src=//x/y.png alt=words>", "[words]"),
        (
            '<img src="data:image/png;base64,A" onerror="alert(1)">',
            '<img src="data:image/png;base64,A" alt="a picture">',
        ),
        ("<div id=x name=y data-toggle=tooltip class='btn full-credit'>b</div>", "<div>b</div>"),
        ("<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>", ""),
        (
            "<math><mi href=//x onclick=f() style='color:red'>b</mi><b>c</b><p>d</math><mi>e</mi>",
            "<mi>b</mi>cd</math>e",
        ),
        ("<math><annotation-xml encoding='text/html'><img src=x onerror=f()></annotation-xml></math>", "<math></math>"),
        ("<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>", ""),
        ("<b title='&lt;script&gt;'>b</b>", None),
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("<!-- --!><b>c</b>", "<b>c</b>"),
        ("<b>unclosed", "<b>unclosed</b>"),
    ],
)
def test_what_runs_fetches_or_leads_elsewhere_does_not_stay(hostile, shown):
    page = clean_html(hostile)
    assert shown is None or shown in page
    for part in ("<script", "<iframe", "<form", "<input", "<meta", "<base", "<link", "javascript:", "<style", "mglyph"):
        assert part not in page.lower()
    assert " on" not in page.replace("[a picture", "").split("title=")[0]
    assert "href" not in page
    assert clean_html(page) == page


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color: red; background: URL(//x)", "color: red"),
        ("position:fixed;top:0;z-index:9;color:#123", "color: #123"),
        ("width: expression(alert(1)); width: calc(100% - 2px)", "width: calc(100% - 2px)"),
        ("margin: -500px 0; margin-top: 4px", "margin-top: 4px"),
        ("color: re\\64; @import '//x'; padding: 1px", "padding: 1px"),
        ("background: image-set('//x' 1x); -moz-binding: url(//x)", ""),
        ("COLOR: RED !important", "color: RED"),
    ],
)
def test_styles_colour_and_measure_and_do_nothing_else(style, kept):
    assert clean_style(style) == kept


def test_markdown_is_shown_as_jupyterlab_shows_it():
    page = markdown_html(
        "# A title\n\nText with `code`, *emphasis*, $x^2$ and\n\n$$\\frac{a}{b}$$\n\n|a|b|\n|-|-|\n|1|2|\n\n- one\n"
        "\n![a plot](attachment:a.png)\n\n[a site](https://example.org)\n\n[one more][1]\n\n[1]: https://example.net\n",
        {"a.png": {"image/png": PIXEL}},
    )
    for part in (
        *("<h1>A title</h1>", "<code>code</code>", "<em>emphasis</em>", "<msup><mi>x</mi><mn>2</mn></msup>"),
        *('<math display="block">', "<mfrac>", "<td>2</td>", "<li>one</li>", f'src="data:image/png;base64,{PIXEL}"'),
        *('<a href="https://example.org"', '<a href="https://example.net"'),
    ):
        assert part in page


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\text{<script>alert(1)</script>}",
        r"\text{&lt;img src=x onerror=alert(1)&gt;}",
        r"\style{background:url(//x)}{y}",
        r"\unicode{x3C}script\unicode{x3E}",
        r"\class{full-credit}{x}",
        r"\color{red;background:url(//x)}x",
        r"\newcommand{\a}{\a}\a",
        "<b>x</b>",
        "{" * 1500,
        "x" * 5000,
    ],
)
def test_a_formula_is_mathml_and_nothing_else(tex):
    page = markdown_html(f"before ${tex}$ after")
    assert page.startswith("<p>before ")
    for part in ("<script", "javascript:</", "href=", "style=", "class=", "<img", "<b>", "url(//x)'"):
        assert part not in page, page


def test_markdown_that_hides_html_in_places_is_cleaned_too():
    page = markdown_html(
        "<script>alert(1)</script>\n\n[a](javascript:alert(1)) [b][c] ![x](javascript:alert(1)) <javascript:alert(1)>\n\n"
        '[c]: javascript:alert(1) "<b onclick=1>"\n\n`</code><script>` \ue0000\ue000 ![\ue0000\ue000](data:image/png;base64,A)'
        '\n\n![$x$](data:image/png;base64,A "$\\text{\\" onerror=alert(1)}$")\n\n```"><script>\nx\n```\n'
    )
    assert "javascript:" not in page.replace("&lt;javascript:alert(1)&gt;", "").replace(">javascript:alert(1)<", "")
    assert "<script" not in page
    assert " onclick" not in page.replace("&lt;b onclick=1&gt;", "")
    assert "<math" not in page.split('alt="')[1].split('"')[0]


def test_of_a_rich_output_only_forms_that_run_nothing_are_kept():
    kept = clean_bundle(
        {
            "text/plain": "a figure",
            "text/html": ["<b onclick=alert(1)>", "x</b>"],
            "image/png": PIXEL,
            "application/javascript": "alert(1)",
            "application/vnd.jupyter.widget-view+json": {"model_id": "1"},
            "application/vnd.plotly.v1+json": {},
        }
    )
    assert kept == {"text/plain": "a figure", "image/png": PIXEL, "text/html": "<b>x</b>"}
    assert clean_bundle({"application/javascript": "alert(1)"}) == {"text/plain": "[not shown: application/javascript]"}
    assert clean_bundle({"image/png": 'A"><script>alert(1)</script>'}) == {"text/plain": "[not shown: image/png]"}
    assert clean_bundle({"text/markdown": "*a* $x$"})["text/html"].startswith("<p><em>a</em> <span><math")
    assert "<mfrac>" in clean_bundle({"text/latex": r"$\displaystyle \frac{1}{2}$"})["text/html"]
    drawn = clean_bundle({"image/svg+xml": "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"})[
        "text/html"
    ]
    assert base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode() in drawn


def test_a_notebooks_word_on_its_own_display_is_not_taken():
    cell = {"metadata": {"tags": ["x"], "nbgrader": {"grade": True}, "jupyter": {"outputs_hidden": True}}}
    notebook = {
        "metadata": {"widgets": {"x": {}}, "title": "<script>", "kernelspec": {"name": "python3"}},
        "cells": [cell],
    }
    clean_metadata(notebook)
    assert notebook["metadata"] == {"kernelspec": {"name": "python3"}}
    assert cell["metadata"] == {"nbgrader": {"grade": True}}


def test_our_own_verdict_looks_the_same():
    import numpy as np

    from course_utils.describe import describe
    from course_utils.judge import WRONG, Verdict

    yours, expected = describe(np.eye(3)), describe(np.ones((3, 3)))
    hint = "Your `kernel` is *flipped*."
    page = as_html(Verdict("conv2d", WRONG, 1, 2, yours=yours, expected=expected, hint=hint))
    assert page.count("<td") > 20
    clean = clean_html(page)
    for part in (
        "border-left: 4px solid",
        'class="verdict"',
        "rgba(213,94,0,.30)",
        "<em>flipped</em>",
        "flex-wrap: wrap",
    ):
        assert part in clean
    assert clean.count("<td") == page.count("<td")


#: Makes of a number the worst HTML of about that length.
WORST = {
    "nested": lambda n: "<div>" * n,
    "formatting": lambda n: "".join(f"<div><font title={i}></div>" for i in range(n)),
    "attributes": lambda n: "<a " + " ".join(f"a{i}" for i in range(n)) + ">",
    "paragraphs": lambda n: "<p><div></p>" * n,
    "comments": lambda n: "<!---->" * n + "<!--" * n,
    "raw text": lambda n: "<script>" * n,
    "quotes": lambda n: '<a b=\'" c="' * n,
    "white space": lambda n: "<a" + " " * n + "=" + " " * n,
    "less than": lambda n: "<" * n,
    "closed": lambda n: "<b>" * n + "</p>" * n,
    "style": lambda n: "<style>" + ",".join(f"#T{i}" for i in range(n)) + "{color:red}</style>" + "<b id=T1>" * n,
    "entities": lambda n: "&lt" * n,
}


@pytest.mark.parametrize("worst", WORST)
def test_cleaning_takes_time_in_proportion(worst):
    def seconds(n: int) -> float:
        page = WORST[worst](n)
        return processor_time(lambda: clean_html(page, Room(10_000_000)))

    seconds(100)
    assert min(seconds(16_000) for _ in range(2)) < 6 * max(min(seconds(4_000) for _ in range(2)), 0.002)


LOOKS = "".join(f"<b title='{number}{'x' * 1000}'>" for number in range(60))

#: Makes of a number a text that names something large that many times, and the room that it needs at most.
AGAIN = {
    "a paragraph ended by another": lambda n: clean_html(f"<p>{LOOKS}{'<p>x</p>' * n}"),
    "an entry ended by another": lambda n: clean_html(f"<ul><li>{LOOKS}{'<li>x</li>' * n}"),
    "a heading ended by another": lambda n: clean_html(f"<h1>{LOOKS}{'</b>' * 60}{LOOKS}<h2>x</h2>{'<p>x<p>' * n}"),
    "what stands between cells": lambda n: clean_html(f"<table>{LOOKS}{'x<tr></tr>' * n}"),
    "a link in a link": lambda n: clean_html(f"<a href=https://x.y>{LOOKS}{'<a href=https://x.y>x</a>' * n}"),
    "a style by its element's id": lambda n: clean_html(
        f"<style>#T {{{'color:red;' * 350}}}</style>{'<b id=T>x</b>' * n}"
    ),
    "a link by its name": lambda n: markdown_html(f"[a]: https://x.y/{'z' * 20_000}\n\n{'[a] ' * n}"),
    "a picture by its name": lambda n: markdown_html(f"[a]: data:image/png;base64,{'A' * 20_000}\n\n{'![a] ' * n}"),
    "a title by its name": lambda n: markdown_html(f"[a]: https://x.y '{'z' * 20_000}'\n\n{'[a] ' * n}"),
    "a formula by its place": lambda n: markdown_html(f"${'x^2' * 500}$ {'&#xe000;0&#xe000;' * n}"),
    "a picture dropped into a cell": lambda n: markdown_html(
        "![a](attachment:a.png) " * n, {"a.png": {"image/png": "A" * 100_000}}
    ),
    "the same in HTML": lambda n: markdown_html(
        "<img src='attachment:a.png'> " * n, {"a.png": {"image/png": "A" * 100_000}}
    ),
}


@pytest.mark.parametrize("page", AGAIN.values(), ids=AGAIN.keys())
def test_what_stands_in_a_text_once_is_shown_again_as_far_as_there_is_room(page):
    began = time.process_time()
    once, often = len(page(1)), len(page(2_000))
    assert often < once + MAX_COPIED + 2_000 * 200
    assert time.process_time() - began < 5


def test_a_picture_that_was_dropped_in_is_shown_wherever_it_is_named():
    attached = {"a b.png": {"image/png": PIXEL}}
    page = markdown_html(
        "![one](attachment:a%20b.png) ![two][2] <img src='attachment:a b.png' alt='three'>\n\n"
        "`attachment:a%20b.png` ![none](attachment:c.png)\n\n[2]: <attachment:a b.png>",
        attached,
    )
    assert page.count(f'src="data:image/png;base64,{PIXEL}"') == 3
    assert "<code>attachment:a%20b.png</code>" in page
    assert "[none]" in page


def use_in_use(levels, mark='<use href="#{}"/>', times=10):
    """A drawing whose elements each name the one before ten times."""
    held = "".join(f'<g id="l{i}">{mark.format(f"l{i - 1}") * times}</g>' for i in range(1, levels))
    return f'<svg width="9" height="9"><g id="l0"><rect/></g>{held}</svg>'


@pytest.mark.parametrize(
    "heavy",
    [
        use_in_use(8),
        use_in_use(8, '<rect fill="URL( #{} )"/>'),
        use_in_use(8, '<set attributeName="href" to="#{}"/>'),
        use_in_use(3, times=1_000),
        use_in_use(8).replace("#l", "#%6C"),
        '<svg><g id="a"><use href="#a"/></g></svg>',
        r'<svg><g fill="u\72l(#a)"/></svg>',
        "<svg><style>* { mask: url(#a) }</style></svg>",
        '<svg><image href=" DATA: image/svg+xml;base64,AAAA"/></svg>',
        '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>',
        "<svg><b></svg>",
    ],
)
def test_a_drawing_that_holds_a_browser_up_is_not_shown(heavy):
    address = base64.b64encode(heavy.encode()).decode()
    assert "<img" not in clean_html(heavy)
    assert "<img" not in clean_html(f'<img src="data:image/svg+xml;base64,{address}">')
    assert "<img" not in clean_bundle({"image/svg+xml": heavy})["text/html"]


def test_drawings_that_refer_to_their_parts_are_shown_as_they_are():
    marks = '<defs><path id="m" d="M0 0"/></defs>' + '<use xlink:href="#m" style="fill: #1f77b4"/>' * 10_000
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{marks}</svg>'
    address = f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"
    for page in (
        clean_html(drawn),
        clean_html(f'<img src="{address}">'),
        clean_bundle({"image/svg+xml": f"<?xml version='1.0'?>{drawn}"})["text/html"],
    ):
        assert f'src="{address}"' in page
        assert clean_html(page) == page


def test_a_formulas_place_cannot_be_named_by_a_text():
    page = markdown_html("&#xe000;7&#xe000; &#xe000;99999&#xe000; $x$")
    assert page.count("<math") == 1


_PIECES = [
    f"<{name}>" for name in ("p", "b", "i title=a", "a href=https://x.y", "li", "ul", "table", "tr", "td", "h1", "div")
]


@given(st.lists(st.sampled_from([*_PIECES, *(f"</{piece[1:].split()[0].strip('>')}>" for piece in _PIECES), "x"])))
def test_no_element_is_written_more_often_than_its_text_has_it(pieces):
    """A browser's parser opens nothing anew: neither this one, nor that of whoever reads the page."""
    page = clean_html("".join(pieces))
    for name in ("b", "i", "a", "p", "li", "h1", "div", "td"):
        written = len(re.findall(rf"<{name}[ >]", page))
        assert written <= sum(piece.startswith((f"<{name}>", f"<{name} ")) for piece in pieces)


def test_pages_end_and_are_closed_whatever_they_hold():
    page = clean_html("<div>" * 5_000 + "<b>x")
    assert page.count("<div>") == page.count("</div>") == MAX_HTML_DEPTH
    cut = clean_html("<b>x</b>" * 50, Room(20))
    assert cut.endswith("more characters are left out]")
    room = Room(60)
    clean_html("<i>x</i>" * 20, room)
    assert "left out" in clean_html("<i>x</i>" * 20, room)


SHOWN = {
    "text/html": ["<b onclick=f()>x</b>", "<script>f()</script>"],
    "text/plain": "1.5",
    "application/javascript": "f()",
}


def test_the_engine_stores_clean_outputs():
    notebook = new_notebook(cells=[new_code_cell("1"), new_code_cell("2")])
    outputs = [{"output_type": "display_data", "data": SHOWN, "metadata": {"isolated": True}}]
    judging.fill_in(notebook, Result(outputs={0: outputs, 1: outputs}), {})
    for cell in notebook.cells:
        assert cell.outputs[0]["data"] == {"text/html": "<b>x</b>", "text/plain": "1.5"}
        assert cell.outputs[0]["metadata"] == {}


def test_stock_autograde_stores_clean_outputs(monkeypatch):
    """In kernels, where there is no sandbox; points, which nbgrader reads from outputs, stay."""
    monkeypatch.setattr(Execute, "preprocess", lambda self, nb, resources, **options: (nb, resources))
    output = new_output("execute_result", data=SHOWN, metadata={"isolated": True}, execution_count=1)
    notebook, _ = ExecuteAll().preprocess(new_notebook(cells=[new_code_cell("1", outputs=[output])]), {})
    [kept] = notebook.cells[0].outputs
    assert kept.data == {"text/html": "<b>x</b>", "text/plain": "1.5"}
    assert kept.metadata == {}
    nbformat.validate(notebook)


def test_however_much_is_shown_what_points_are_read_from_stays(monkeypatch):
    """nbgrader takes a test without an error for a right answer."""
    monkeypatch.setattr(Execute, "preprocess", lambda self, nb, resources, **options: (nb, resources))
    loud = [new_output("stream", name="stdout", text="x" * 190_000)] * 100
    error = new_output("error", ename="NoPoints", evalue="none", traceback=["none"])
    test = new_code_cell("1", outputs=[*loud, *loud * 51, error])
    test.metadata["nbgrader"] = {"grade": True, "solution": False, "grade_id": "test", "points": 1}
    notebook, _ = ExecuteAll().preprocess(new_notebook(cells=[new_code_cell("1", outputs=loud), test]), {})
    assert notebook.cells[1].outputs[-1].ename == "NoPoints"
    assert sum(len(output.get("text", "")) for cell in notebook.cells for output in cell.outputs) < 17 * 2**20


def test_all_html_of_a_notebook_shares_one_bound():
    """Thousands of outputs, each within bounds, are not cleaned for minutes."""
    page = {"output_type": "display_data", "data": {"text/html": "<b>x</b>" * 2_000}}
    notebook = new_notebook(cells=[new_code_cell("1")])
    judging.fill_in(notebook, Result(outputs={0: [page] * 200}), {})
    sizes = [len(output["data"]["text/html"]) for output in notebook.cells[0].outputs]
    assert sizes[0] == 16_000
    assert sizes[-1] < 100
