"""HTML of others is shown and does nothing; pictures stay; what is too large or tangled comes as its source."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.engine import clean_html as cleaning
from autograder.engine.clean_html import clean_html

PICTURE = "data:image/png;base64,iVBORw0KGgo="
VERDICT = (
    '<div class="verdict" style="border-left:4px solid #cf222e;display:flex;background:rgba(213,94,0,.30)">'
    f'<b>yours</b><img src="{PICTURE}" alt="yours: 2 by 2" width="10" height="10" '
    'style="image-rendering:pixelated;display:block"></div>'
)
TABLE = '<table class="dataframe" border="1"><tbody><tr><th colspan="2">a &lt; b</th></tr><tr><td>1</td></tr></tbody></table>'
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


def test_verdicts_tables_and_pictures_stay():
    assert clean_html(VERDICT) == VERDICT
    assert clean_html(TABLE) == TABLE.replace(' border="1"', "")


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_acts_loads_leaves_or_covers(page):
    made = clean_html(f"before {VERDICT} {page} after")
    tags = "".join(re.findall("<[^>]*>", made))
    assert not re.search(
        r"script|svg|iframe|form|meta|base\b|link|\bon\w+=|//|url|fixed|-900|modal|\b(id|name)=", tags, re.I
    )
    assert made.startswith("before ")
    assert VERDICT in made


@given(st.text("<>/ \"'=abpdivtrz;:!-&#0123\n"))
def test_cleaning_again_changes_nothing(page):
    once = clean_html(page)
    assert clean_html(once) == once


def test_stand_ins_for_pictures_cannot_be_forged():
    made = clean_html(f'<img src="data:image/png;base64,#7#"><img src="{PICTURE}"> data:image/png;base64,#0#')
    assert made.count(PICTURE) == 1
    assert "#" not in made


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * (cleaning.MAX_TAGS + 1),
        "x" * (cleaning.MAX_MARKUP + 1),
        "<p " + " ".join(map(str, range(cleaning.MAX_WORDS + 1))) + ">",
        "".join(f"<b class={n}>" for n in range(cleaning.MAX_STYLED + 1)),
        f'<img src="{PICTURE}">' + "<div>" * cleaning.MAX_TAGS,
    ],
    ids=["tags", "characters", "words", "styled", "beside a picture"],
)
def test_what_is_too_large_or_tangled_is_shown_as_its_source(page):
    made = clean_html(page)
    assert made.startswith("<pre>")
    assert not re.search("<(?!/?pre)", made)
    assert len(made) < 5 * cleaning.MAX_SHOWN
