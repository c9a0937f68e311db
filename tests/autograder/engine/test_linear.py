"""Whatever reads what came out of a sandbox, a submission or a comment takes time in proportion to its length.

Each parser gets many texts of its worst kinds: a piece repeated, left open, nested, in turns with another. A text four times
as long may take six times as long; where it takes hardly any time there is nothing to measure, and nothing to fear. With
COURSE_TEST_SLOW=1 those that are worst for a parser have 32 MB too, or as much as it lets in; more it refuses, or cuts, at once.
`python -m tests.autograder.engine.test_linear` prints the table, in some ten minutes.
"""

import contextlib
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from nbformat import from_dict
from nbformat.v4 import new_output

from autograder.authoring.lesson import checked_id
from autograder.cleaning import clean_bundle, clean_html, markdown_html
from autograder.common.names import plain, safe_id
from autograder.engine.judge import judging
from autograder.engine.record import ledger
from autograder.engine.run import wire
from autograder.engine.submitted import released, repair, statements, stored
from autograder.engine.submitted.submission import Unreadable, parse_notebook
from autograder.feedback import in_time, page, texts
from autograder.report import facts
from autograder.report import page as report_page
from autograder.term import archives, collector, groups, lms
from autograder.term.lms import canvas
from course_utils.compare import difference
from course_utils.describe import decode
from course_utils.words import write_pair
from tests.doubles import processor_time

SLOW = bool(os.environ.get("COURSE_TEST_SLOW"))
FULL = 32 * 2**20  # characters: as much as may leave a sandbox, or be handed in
QUICK = 0.05  # seconds of the processor that are no trouble
AT_ONCE = 5.0  # seconds of the processor for 32 MB that are refused or cut, which are gone through all the same
HARDEST = 3  # texts of a parser that have their full size, too
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
    *("_1", "anon_1_1", " (1)", "-1", " copy", ".ipynb", "/1-1 - ", "_attempt_2030-01", "\u0301\u0316"),
)
#: What stands before the repeated piece, and after it.
AROUND = (("", ""), ('{"a": "', ""), ("{" * 260 + '"', ""), ('check("a", a)\n"""', ""), ("<p a='", ">"), ("`", "\n\n`"))


@dataclass
class Parser:
    """What is measured: `read` takes a text; `full` is the longest that it lets in, a longer one it only refuses or cuts."""

    read: Callable[[str], object]
    full: int = FULL
    usual: int = 2**17  # in every run of the tests
    refuse: Callable[[str], object] | None = (
        None  # what comes before it, and refuses or cuts what is longer than `full`
    )


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


def names(source: str) -> Callable[[str], object]:
    """A name's way through `collect`: whose it is, whose system's, which copy, and what is left of it."""

    def read(text: str) -> object:
        return [read_one(text + end) for end in ("", "x", "\n")]

    def read_one(text: str) -> object:
        stem = collector.NOTEBOOK.sub("", text)
        seen = (
            canvas.NAME.fullmatch(text),
            lms.other_lms(text, source),
            groups.tails(text),
            groups.group_of([text, f"{text} 1-b"]),
        )
        return seen, lms.read_name(source, (text,), "01"), collector.without_added(stem), collector.CLUTTER.search(text)

    return read


def refused_name(source: str) -> Callable[[str], object]:
    """What lets no long name through to the patterns."""
    return lambda text: (lms.read_name(source, (text,), "01"), archives.mended(text))


def suspicion(text: str) -> object:
    """A notebook looked into for what may be put right: the text in cells, and as one."""
    made = [*pieces(text, 2_000), text]
    cells = [{"cell_type": "code", "metadata": {}, "source": source, "outputs": []} for source in made]
    test = {
        "cell_type": "code",
        "metadata": {"nbgrader": {"grade_id": "test_a", "grade": True}},
        "source": 'check("a", a)',
    }
    found = repair.Suspicion(
        {"cells": [*cells, test]}, repair.Lesson((("", "import numpy as np\nstart('a')"),)), {0: "E"}
    )
    return found.concerns("a", "no answer"), found.put_right(["a"])


def class_of(text: str) -> object:
    """The report's page of a class in which all that a learner chooses is this text."""
    one = facts.GradedSubmission("a", {"a": 0.0}, {"a": facts.WRONG}, {"a": "m"}, 1.0, {"a": 1.0}, [text], True)
    item = facts._item(SimpleNamespace(id="a", objective="o", points=1.0), [one])
    mistakes, groups = [facts.MistakeMade("a", "m", text, ["a"], text)], [facts.Group("a", ["a", "b"], text)]
    return report_page.as_html(facts.ClassFacts("01", 1.0, [one], [item], mistakes, groups, [one]))


def feedback(text: str) -> object:
    """Both kinds of exercises on a feedback page, in this process."""
    entry = {"grade_id": "a", "grade": True, "score": 0.0, "points": 1.0, "comment": text}
    outputs = [new_output("stream", name="stdout", text=text), error(text)]
    cell = from_dict({"cell_type": "code", "metadata": {"nbgrader": entry}, "source": text, "outputs": outputs})
    shown = SimpleNamespace(show=lambda way, text: in_time.WAYS[way](text))
    with patch.object(page, "PAGES", shown):
        return page._tested(cell, cell, "a", ""), page._by_hand(cell, "a", "", False)


PARSERS = {
    # The patterns get longer names here than the thousand characters that are let in.
    "collect: a name of Canvas": Parser(names("canvas"), 2**20, refuse=refused_name("canvas")),
    "collect: a name of Moodle": Parser(names("moodle"), 2**20, refuse=refused_name("moodle")),
    "collect: a name in a folder": Parser(names("folder"), 2**20, refuse=refused_name("folder")),
    "collect: a zip's name": Parser(lambda text: archives._safe_name(archives.mended(text))),
    "roster: a name": Parser(lambda text: (plain(text), safe_id(text))),
    "statements: a cell": Parser(statements.pieces, statements.MAX_SOURCE, 50_000),
    "repair: a notebook": Parser(suspicion, repair.MAX_LOOKED, 100_000),
    "stored: a file": Parser(lambda text: stripped(text.encode())),
    "stored: a cell's outputs": Parser(lambda text: stripped(b'{"cells":[{"outputs":[' + text.encode())),
    "report: a page": Parser(class_of),
    "feedback: a page": Parser(feedback, 50_000, 20_000),
    "wire: a frame": Parser(lambda text: wire.parse_body(text.encode("utf-8", "surrogatepass"))),
    "wire: depth": Parser(lambda text: wire.is_deep(b"[" * 300 + text.encode())),
    "submission: a file": Parser(lambda text: parse_notebook(text.encode())),
    "submission: a source": Parser(lambda text: parse_notebook(notebook_of(text)), 1_000_000),
    "released: hidden tests": Parser(released.without_hidden_tests),
    "lesson: a check": Parser(checked_id, statements.MAX_SOURCE),
    "judging: a stream": Parser(lambda text: shown(stream(text))),
    "judging: an error": Parser(lambda text: shown(error(text))),
    "judging: text": Parser(display("text/plain")),
    "judging: HTML": Parser(display("text/html"), judging.MAX_MIME),
    "judging: a picture": Parser(display("image/png")),
    "cleaning: HTML": Parser(clean_html),
    "cleaning: Markdown": Parser(markdown_html, 50_000, 20_000),
    "cleaning: LaTeX": Parser(lambda text: clean_bundle({"text/latex": text}), 50_000),
    "cleaning: SVG": Parser(lambda text: clean_bundle({"image/svg+xml": f"<svg>{text}"})),
    "feedback: code": Parser(texts.code_as_html, 50_000),
    "feedback: lines of code": Parser(lambda text: texts.code_as_html("\n".join(pieces(text, 500))), 50_000),
    "feedback: a traceback": Parser(lambda text: page._own_lines(error(text)), judging.MAX_OUTPUT_TEXT),
    "feedback: a sentence": Parser(page._inline),
    "feedback: places": Parser(page._plain_page),
    "report: a hint": Parser(report_page._prose),
}


def stripped(data: bytes) -> object:
    try:
        return stored.strip_stored(io.BytesIO(data).read, FULL, 8_000_000)
    except stored.TooLarge:
        return None


def pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def read(parser: Parser, text: str) -> float:
    """Seconds of the processor for reading a text, whether it is taken or refused as it should be."""
    take = parser.refuse if parser.refuse and len(text) > parser.full else parser.read

    def take_or_refuse() -> None:
        with contextlib.suppress(wire.BadFrame, Unreadable):
            take(text)

    return processor_time(take_or_refuse)


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


def worst(parser: Parser) -> list[tuple[float, float, str]]:
    """For each text (ratio, seconds, what it is made of), the worst first."""
    size, found = min(parser.full, parser.usual), []
    for turn, piece in enumerate(PIECES):
        for around in (AROUND[0], AROUND[1 + turn % (len(AROUND) - 1)]):
            ratio, seconds = growth(lambda size, p=piece, a=around: read(parser, make(p, a, size)), size)
            found.append((ratio, seconds, f"{around[0][-12:]!r} + {piece!r} * n + {around[1]!r}"))
            if ratio >= RATIO:
                return sorted(found, reverse=True)
    return sorted(found, reverse=True)


@pytest.mark.parametrize("name", PARSERS)
def test_four_times_the_text_takes_about_four_times_as_long(name):
    ratio, seconds, made = worst(PARSERS[name])[0]
    assert ratio < RATIO, f"{name}: {ratio:.1f} times as long for {made}; {seconds:.2f} s"


@dataclass
class AtFullSize:
    """How long one text takes at its full size and at a quarter of it; and 32 MB of it, where these are more."""

    made: str
    quarter: float
    whole: float
    beyond: float | None

    @property
    def ratio(self) -> float:
        """Of the two times; 0 where they are too short to be measured."""
        return self.whole / self.quarter if self.whole >= QUICK else 0.0


def slowest(parser: Parser) -> list[tuple[str, tuple[str, str]]]:
    """The pieces and their surroundings that take longest where they are short, one for each piece."""
    size, found = min(parser.full, parser.usual) // 4, {}
    for piece in PIECES:
        times = [(read(parser, make(piece, around, size)), around) for around in AROUND]
        found[piece] = max(times)
    return [(piece, found[piece][1]) for piece in sorted(found, key=found.get, reverse=True)[:HARDEST]]


def at_full_size(parser: Parser) -> list[AtFullSize]:
    """The texts that are worst for a parser, at the largest size that it lets in; the steepest first."""
    found = []
    for piece, around in slowest(parser):
        ratio, whole = growth(lambda size, p=piece, a=around: read(parser, make(p, a, size)), parser.full)
        beyond = read(parser, make(piece, around, FULL)) if parser.full < FULL else None
        found.append(AtFullSize(f"{around[0][-12:]!r} + {piece!r}", whole / ratio if ratio else 0.0, whole, beyond))
    return sorted(found, key=lambda one: one.ratio, reverse=True)


@pytest.mark.skipif(not SLOW, reason="some minutes; COURSE_TEST_SLOW=1")
@pytest.mark.parametrize("name", PARSERS)
def test_so_it_is_at_the_largest_size_that_is_let_in_and_more_is_refused_or_cut_at_once(name):
    for one in at_full_size(PARSERS[name]):
        print(row(name, PARSERS[name], one), flush=True)
        assert one.ratio < RATIO, f"{name}: {one.ratio:.1f} times as long for {one.made}; {one.whole:.2f} s"
        assert one.beyond is None or one.beyond < AT_ONCE + 1.5 * one.whole, f"{name}: {one.beyond:.2f} s: {one.made}"


def row(name: str, parser: Parser, one: AtFullSize) -> str:
    """A line of the table: parser, n, its time, 4n, its time, ratio, the time of 32 MB where that is more, the text."""
    sizes = [f"{size / 2**20:.2f}" for size in (parser.full / 4, parser.full)]
    beyond = "" if one.beyond is None else f"32 MB: {one.beyond:.2f} s"
    times = f"{sizes[0]:>6} M {one.quarter:6.2f} s {sizes[1]:>6} M {one.whole:6.2f} s"
    return f"{name:28} {times}  ratio {one.ratio:4.1f}  {beyond:16} {one.made}"


# Answers, which are no texts: made of n parts


def of(kind: str, items: list) -> dict:
    return {"type": kind, "items": items}


def integer(value: int) -> dict:
    return {"type": "int", "value": value}


def number(value: float) -> dict:
    return {"type": "float", "value": value}


def string(value: str) -> dict:
    return {"type": "str", "value": value}


def within(kind: str, depth: int, made: dict) -> dict:
    """A value within as many containers of this kind."""
    for _ in range(depth):
        made = of(kind, [made])
    return made


def entries(pairs: list[tuple]) -> dict:
    return of("dict", [list(pair) for pair in pairs])


#: Two answers of n parts each, that are worst to compare.
ANSWERS: dict[str, Callable[[int], tuple[dict, dict]]] = {
    "sets": lambda n: tuple(of("set", [number(i + d) for i in range(n)]) for d in (0.0, 0.5)),
    "sets but for rounding": lambda n: tuple(of("set", [number(i + d) for i in range(n)]) for d in (0.1, 0.1 + 1e-12)),
    "sets of one hash": lambda n: tuple(of("set", [integer((2**61 - 1) * (i + d)) for i in range(n)]) for d in (0, n)),
    "sets of texts": lambda n: tuple(of("set", [string("x" * 500 + f"{i}{d}") for i in range(n // 50)]) for d in "ab"),
    "sets of pairs": lambda n: tuple(
        of("set", [of("tuple", [integer(1), number(i + d)]) for i in range(n)]) for d in (0.1, 0.2)
    ),
    "sets within sets": lambda n: tuple(
        within("frozenset", 20, of("set", [integer(i) for i in range(d, n)])) for d in (0, 1)
    ),
    "dicts": lambda n: tuple(entries([(integer(i), integer(d * (i == n - 1))) for i in range(n)]) for d in (0, 1)),
    "dicts of other keys": lambda n: tuple(entries([(string(f"{d}{i}"), integer(i)) for i in range(n)]) for d in "ab"),
    "dicts within keys": lambda n: tuple(
        entries([(of("tuple", [integer(i)] * 5), integer(d)) for i in range(n)]) for d in (0, 1)
    ),
    "lists in another order": lambda n: tuple(of("list", [integer(i) for i in range(n)][::d]) for d in (1, -1)),
    "lists within lists": lambda n: tuple(
        within("list", 20, of("list", [integer(i) for i in range(d, n + d)])) for d in (0, 1)
    ),
    "texts": lambda n: (string("a" * n), string("a" * (n - 1) + "b")),
}
#: JSON of n parts that is worst to decode.
ENCODED: dict[str, Callable[[int], object]] = {
    "lists": lambda n: [[[]] for _ in range(n)],
    "dicts": lambda n: [{"a": {}} for _ in range(n)],
    "keys": lambda n: {str(i): i for i in range(n)},
    "arrays": lambda n: [{"type": "array", "dtype": "int8", "shape": [1], "value": "AA=="} for _ in range(n // 10)],
    "an array": lambda n: {"type": "array", "dtype": "int8", "shape": [3 * n], "value": "AAAA" * n},
    "an array of texts": lambda n: {"type": "array", "dtype": "str", "shape": [n], "value": ["a"] * n},
    "bytes": lambda n: [{"base64": "AA=="} for _ in range(n)],
    "numbers": lambda n: [{"float": "1" * 300} for _ in range(n // 10)],
}
PARTS = 100_000 if SLOW else 20_000  # as many as one container may have


def used(read: Callable[..., object], *made: object) -> float:
    return processor_time(lambda: read(*made))


def compare_and_write(yours: dict, expected: dict) -> None:
    difference(yours, expected)
    write_pair(yours, expected)


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_of_four_times_the_parts_take_about_four_times_as_long_to_compare(name):
    ratio, seconds = growth(lambda n: used(compare_and_write, *ANSWERS[name](n)), PARTS)
    assert ratio < RATIO, f"{name}: {ratio:.1f} times as long; {seconds:.2f} s for {PARTS} parts"


@pytest.mark.parametrize("name", ENCODED)
def test_answers_of_four_times_the_parts_take_about_four_times_as_long_to_decode(name):
    ratio, seconds = growth(lambda n: used(decode, ENCODED[name](n)), PARTS)
    assert ratio < RATIO, f"{name}: {ratio:.1f} times as long; {seconds:.2f} s for {PARTS} parts"


if __name__ == "__main__":
    for name, parser in PARSERS.items():
        for one in at_full_size(parser):
            print(row(name, parser, one), flush=True)
    for what, made, read in (("compare", ANSWERS, compare_and_write), ("decode", ENCODED, lambda one: decode(one))):
        for name, make_one in made.items():

            def measure(n: int, make_one: Callable = make_one, read: Callable = read, what: str = what) -> float:
                one = make_one(n)
                return used(read, *(one if what == "compare" else (one,)))

            ratio, seconds = growth(measure, PARTS)
            print(f"{what + ': ' + name:40}{PARTS} parts   ratio {ratio:3.1f}  {seconds:5.2f} s", flush=True)
