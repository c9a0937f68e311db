"""Whatever reads what came out of a sandbox, a submission or a comment takes time in proportion to its length.

Each parser gets many texts of its worst kinds: a piece repeated, left open, nested, in turns with another. A text four times
as long may take six times as long; where it takes hardly any time there is nothing to measure, and nothing to fear. With
COURSE_TEST_SLOW=1 the texts have the full size that is accepted. `python -m tests.engine.test_linear` prints the table.
"""

import gc
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_output

from autograder.authoring.lesson import checked_id
from autograder.cleaning import clean_bundle, clean_html, markdown_html
from autograder.engine.judge import judging
from autograder.engine.record import ledger
from autograder.engine.run import wire
from autograder.engine.submitted import released
from autograder.engine.submitted.submission import Unreadable, parse_notebook
from autograder.feedback import page, texts
from autograder.report import page as report_page

SLOW = bool(os.environ.get("COURSE_TEST_SLOW"))
FULL = 32 * 2**20  # characters: as much as may leave a sandbox, or be handed in
QUICK = 0.05  # seconds of the processor that are no trouble
RATIO = 6  # of the times for four times the length; 4 is linear, 16 is quadratic

#: Pieces of JSON, HTML, Markdown, Python, tracebacks: each repeated makes a text that some parser would stumble over.
PIECES = (
    *(
        "[",
        "{",
        "(",
        "]",
        "[]",
        "[1,",
        '{"a":',
        '"',
        '\\"',
        "\\",
        "\\\\",
        "9",
        "1e",
        "-",
        ",",
        "null,",
        "\\ud800",
        "é",
        "😀",
    ),
    *(
        "<",
        "<div>",
        "<b>",
        "</b>",
        "<b><p>",
        "<p a=",
        "<p a='",
        "<!--",
        "<table><td>",
        "<svg>",
        "<style>",
        "a=1 ",
        "&",
        "&lt",
    ),
    *(
        "*a ",
        "**a _b ",
        "`",
        "``a",
        "![",
        "[a](",
        "> ",
        "- ",
        "|a",
        "$",
        "$$a",
        "\\begin{a}",
        "~~a",
        "[^1]: a\n",
        "#",
        "\\(",
        "a_",
    ),
    *(
        " ",
        "\n",
        "\t",
        "a.",
        "a ",
        "'",
        '"""',
        'f"{',
        "\\N{",
        "%",
        "?",
        "!",
        "elif 0: pass\n",
        "lambda:",
        "not ",
        "@a.",
        "\\\n",
    ),
    *(
        "### BEGIN HIDDEN TESTS\n",
        "### END HIDDEN TESTS\n",
        "\x1b[",
        "\x1b[0",
        "Cell In[1]\n",
        "File \n",
        "-" * 20 + "\n",
    ),
    *('"data:', "data:image/png;base64,", "right on 1 of 1 calls ", "1.", "\r", "\u2028", "\x00"),
)
#: What stands before the repeated piece, and after it.
AROUND = (("", ""), ('{"a": "', ""), ("{" * 260 + '"', ""), ('check("a", a)\n"""', ""), ("<p a='", ">"), ("`", "\n\n`"))


@dataclass
class Parser:
    """What is measured: `read` takes a text; `full` is the longest that it lets in (a longer one it only refuses)."""

    read: Callable[[str], object]
    full: int = FULL
    usual: int = 2**17  # in every run of the tests


def notebook_of(text: str) -> bytes:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": text}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def shown(output: dict) -> bytes:
    """A notebook with this output, cleaned and written as it would be."""
    made = judging.clean_output(output)
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "", "outputs": [made], "execution_count": 1}
    return ledger.dump_notebook({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def stream(text: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text}


def display(mime: str) -> Callable[[str], object]:
    return lambda text: shown({"output_type": "display_data", "data": {mime: text}, "metadata": {}})


def error(text: str) -> object:
    return new_output("error", ename="E", evalue=text, traceback=[text])


PARSERS = {
    "wire: a frame": Parser(lambda text: wire.parse_body(text.encode("utf-8", "surrogatepass"))),
    "wire: depth": Parser(lambda text: wire.is_deep(b"[" * 300 + text.encode())),
    "submission: a file": Parser(lambda text: parse_notebook(text.encode())),
    "submission: a source": Parser(lambda text: parse_notebook(notebook_of(text)), 1_000_000),
    "released: hidden tests": Parser(released.without_hidden_tests),
    "lesson: a check": Parser(checked_id, 200_000),
    "judging: a stream": Parser(lambda text: shown(stream(text))),
    "judging: an error": Parser(lambda text: shown(error(text))),
    "judging: text": Parser(display("text/plain")),
    "judging: HTML": Parser(display("text/html"), judging.MAX_MIME),
    "judging: a picture": Parser(display("image/png")),
    "cleaning: HTML": Parser(clean_html, 2 * 2**20),
    "cleaning: Markdown": Parser(markdown_html, 50_000, 20_000),
    "cleaning: LaTeX": Parser(lambda text: clean_bundle({"text/latex": text}), 50_000),
    "cleaning: SVG": Parser(lambda text: clean_bundle({"image/svg+xml": f"<svg>{text}"}), 2 * 2**20),
    "feedback: code": Parser(texts.code_as_html, 50_000),
    "feedback: lines of code": Parser(lambda text: texts.code_as_html("\n".join(pieces(text, 500))), 50_000),
    "feedback: a traceback": Parser(lambda text: page._own_lines(error(text)), 2 * 2**20),
    "feedback: a sentence": Parser(page._inline),
    "feedback: places": Parser(page._plain_page),
    "feedback: a verdict": Parser(lambda text: page._CALLS.match(f"right on 1 of 1 calls ({text}")),
    "feedback: what was said": Parser(
        lambda text: page._said(SimpleNamespace(outputs=[new_output(**stream(text))]), "a")
    ),
    "report: a hint": Parser(report_page._prose),
}


def pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def read(parser: Parser, text: str) -> float:
    """Seconds of the processor for reading a text, whether it is taken or refused as it should be."""
    gc.disable()  # it goes through all objects now and then, the tests' own among them
    began = time.process_time()
    try:
        parser.read(text)
    except (wire.BadFrame, Unreadable):
        pass
    finally:
        gc.enable()
    return time.process_time() - began


def make(piece: str, around: tuple[str, str], size: int) -> str:
    before, after = around
    return before + piece * max(1, (size - len(before) - len(after)) // len(piece)) + after


def growth(measure: Callable[[int], float], size: int) -> tuple[float, float]:
    """(ratio, seconds): how many times as long the whole size takes as a quarter of it; 0 where it takes no time."""
    long = measure(size)
    if long < QUICK:
        return 0.0, long
    ratio = 99.0
    for _ in range(5):  # on a busy machine the best of several
        short = min(measure(size // 4) for _ in range(2))
        ratio = min(ratio, long / short)
        if ratio < RATIO:
            break
        long = min(long, measure(size))
    return ratio, long


def sizes(parser: Parser) -> int:
    return parser.full if SLOW else min(parser.full, parser.usual)


def worst(parser: Parser) -> list[tuple[float, float, str]]:
    """For each text (ratio, seconds, what it is made of), the worst first."""
    size, found = sizes(parser), []
    for turn, piece in enumerate(PIECES):
        for around in AROUND if SLOW else (AROUND[0], AROUND[1 + turn % (len(AROUND) - 1)]):
            ratio, seconds = growth(lambda size, p=piece, a=around: read(parser, make(p, a, size)), size)
            found.append((ratio, seconds, f"{around[0][-12:]!r} + {piece!r} * n + {around[1]!r}"))
            if ratio >= RATIO:
                return sorted(found, reverse=True)
    return sorted(found, reverse=True)


@pytest.mark.parametrize("name", PARSERS)
def test_four_times_the_text_takes_about_four_times_as_long(name):
    ratio, seconds, made = worst(PARSERS[name])[0]
    assert ratio < RATIO, f"{name}: {ratio:.1f} times as long for {made}; {seconds:.2f} s for {sizes(PARSERS[name])}"


if __name__ == "__main__":
    for name, parser in PARSERS.items():
        found = worst(parser)
        slowest = max(found, key=lambda one: one[1])
        size = f"{sizes(parser) / 1e6:.2f} M characters"
        print(f"{name:26}{size:20} ratio {found[0][0]:3.1f}  slowest {slowest[1]:5.2f} s: {slowest[2]}", flush=True)
