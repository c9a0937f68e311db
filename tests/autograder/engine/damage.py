"""Damage to a notebook, drawn from a seeded generator: whatever editors, merges, mail and curious hands do to a file.

`damaged(data, seed)` gives the bytes of a broken copy and says what was done to it; the same seed gives the same bytes.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable

#: What may stand where something else should.
ODD = (
    *(
        None,
        True,
        False,
        0,
        -1,
        2**53,
        10**30,
        1.5,
        "",
        " ",
        "code",
        "None",
        "\x00",
        "\x1b[31m",
        "<script>",
        "\u202e",
        "é" * 300,
    ),
    *(
        [],
        {},
        [[]],
        [None],
        {"a": {}},
        [1, "a", None],
        {"": ""},
        ["a\n", 3],
        {"grade_id": []},
        "x" * 5000,
        "../../etc/passwd",
    ),
)


def damaged(data: bytes, seed: int) -> tuple[bytes, str]:
    """A damaged copy of a notebook's bytes, and the names of what was done to it, in order."""
    draw = random.Random(seed)
    notebook = json.loads(data)
    done = [draw.choice(STRUCTURE) for _ in range(draw.choice((0, 1, 1, 2, 3, 6)))]
    for change in done:
        change(notebook, draw)
    text = draw.choice(WRITERS)
    raw = text(notebook, draw)
    bytes_of = draw.choice(BYTES) if draw.random() < 0.25 or not done else None
    if bytes_of:
        raw = bytes_of(raw, draw)
    names = [*done, text, bytes_of] if bytes_of else [*done, text]
    return raw, ", ".join(change.__name__.strip("_") for change in names)


# The structure


def _cells(notebook: dict) -> list:
    return notebook["cells"] if isinstance(notebook.get("cells"), list) else []


def _cell(notebook: dict, draw: random.Random) -> dict:
    """Some cell; one that is not in the notebook where there is none."""
    found = [cell for cell in _cells(notebook) if isinstance(cell, dict)]
    return draw.choice(found) if found else {}


def _graded(notebook: dict, draw: random.Random) -> dict:
    """nbgrader's metadata of some cell."""
    found = [cell["metadata"]["nbgrader"] for cell in _cells(notebook) if _id(cell)]
    return draw.choice(found) if found else {}


def _id(cell: object) -> object:
    try:
        return cell["metadata"]["nbgrader"]["grade_id"]
    except (KeyError, TypeError, IndexError):
        return None


def shuffle_cells(notebook, draw):
    draw.shuffle(_cells(notebook))


def move_cell(notebook, draw):
    if cells := _cells(notebook):
        cells.insert(draw.randrange(len(cells)), cells.pop(draw.randrange(len(cells))))


def delete_cells(notebook, draw):
    notebook["cells"] = [cell for cell in _cells(notebook) if draw.random() < 0.7]


def delete_all_cells(notebook, draw):
    notebook["cells"] = []


def copy_cell(notebook, draw):
    cells = _cells(notebook)
    if cells:
        cells.insert(draw.randrange(len(cells) + 1), copy.deepcopy(draw.choice(cells)))


def copy_all_cells(notebook, draw):
    notebook["cells"] = _cells(notebook) + copy.deepcopy(_cells(notebook))


def split_cell(notebook, draw):
    """As an editor does: both halves keep the metadata."""
    cells = _cells(notebook)
    places = [i for i, cell in enumerate(cells) if isinstance(cell, dict) and isinstance(cell.get("source"), str)]
    if places:
        at = draw.choice(places)
        source, second = cells[at]["source"], copy.deepcopy(cells[at])
        cut = draw.randrange(len(source) + 1)
        cells[at]["source"], second["source"] = source[:cut], source[cut:]
        cells.insert(at + 1, second)


def merge_cells(notebook, draw):
    cells = _cells(notebook)
    if len(cells) > 1:
        at = draw.randrange(len(cells) - 1)
        first, second = cells[at], cells[at + 1]
        if all(isinstance(cell, dict) and isinstance(cell.get("source"), str) for cell in (first, second)):
            first["source"] += "\n" + second["source"]
            del cells[at + 1]


def change_type(notebook, draw):
    _cell(notebook, draw)["cell_type"] = draw.choice(("code", "markdown", "raw", "heading", "Code", None, 3))


def drop_key_of_cell(notebook, draw):
    cell = _cell(notebook, draw)
    if cell:
        del cell[draw.choice(list(cell))]


def odd_value_in_cell(notebook, draw):
    cell = _cell(notebook, draw)
    if cell:
        cell[draw.choice(list(cell))] = copy.deepcopy(draw.choice(ODD))


def odd_cell(notebook, draw):
    if cells := _cells(notebook):
        cells[draw.randrange(len(cells))] = copy.deepcopy(draw.choice(ODD))


def odd_value_on_top(notebook, draw):
    notebook[draw.choice(("cells", "metadata", "nbformat", "nbformat_minor", "worksheets"))] = copy.deepcopy(
        draw.choice(ODD)
    )


def drop_key_on_top(notebook, draw):
    del notebook[draw.choice(list(notebook))]
    notebook.setdefault("more", 1)


def odd_value_in_nbgrader(notebook, draw):
    entry = _graded(notebook, draw)
    key = draw.choice(
        ("grade", "grade_id", "solution", "locked", "points", "schema_version", "cell_type", "checksum", "task", "x")
    )
    entry[key] = copy.deepcopy(draw.choice(ODD))


def drop_key_of_nbgrader(notebook, draw):
    entry = _graded(notebook, draw)
    if entry:
        del entry[draw.choice(list(entry))]


def rename_graded_cell(notebook, draw):
    _graded(notebook, draw)["grade_id"] = draw.choice(
        ("test_double", "double", "other", "TEST_DOUBLE", "test_total ", "", "a/b", "%s", 3)
    )


def exchange_graded_cells(notebook, draw):
    one, other = _graded(notebook, draw), _graded(notebook, draw)
    if one and other:
        saved = dict(one)
        one.update(other)
        other.update(saved)


def strip_metadata(notebook, draw):
    """As a filter for version control does."""
    for cell in _cells(notebook):
        if isinstance(cell, dict):
            cell["metadata"] = {}


def same_ids(notebook, draw):
    for cell in _cells(notebook):
        if isinstance(cell, dict):
            cell["id"] = "same"


def odd_ids(notebook, draw):
    for cell in _cells(notebook):
        if isinstance(cell, dict):
            cell["id"] = copy.deepcopy(draw.choice(ODD))


def other_kernel(notebook, draw):
    names = ("ir", "julia-1.10", "xpython", "deno", "", "../../bin/sh")
    notebook["metadata"] = {"kernelspec": {"name": draw.choice(names), "display_name": "R", "language": "R"}}


def other_format(notebook, draw):
    notebook["nbformat"], notebook["nbformat_minor"] = draw.choice(
        ((3, 0), (2, 0), (4, 0), (4, 2), (4, 99), (5, 0), ("4", "5"), (4.0, 5.0), (-4, 0))
    )


def worksheets(notebook, draw):
    """The structure of format 3, which is twelve years old and still found."""
    notebook.update(nbformat=3, nbformat_minor=0, worksheets=[{"cells": _cells(notebook), "metadata": {}}])
    notebook.pop("cells", None)


def edit_source(notebook, draw):
    cell = _cell(notebook, draw)
    if isinstance(cell.get("source"), str):
        source, at = cell["source"], draw.randrange(len(cell["source"]) + 1)
        put = draw.choice(
            (
                "\x00",
                "\ud800",
                "\r\n",
                "\t",
                "(",
                '"""',
                "\u00a0",
                "<<<<<<< HEAD\n",
                "!ls\n",
                "%%bash\n",
                "%%writefile x.py\n",
                "raise\n",
                "\u2028",
                "return",
                "await x\n",
                "%reset -f\n",
            )
        )
        cell["source"] = source[:at] + put + source[at + draw.randrange(10) :]


def large_source(notebook, draw):
    _cell(notebook, draw)["source"] = draw.choice(
        ("#" * 900_000, "x = 1\n" * 100_000, "#" * 1_100_000, "(" * 5000, "-" * 50_000 + "1", "a." * 20_000 + "b")
    )


def source_as_list(notebook, draw):
    for cell in _cells(notebook):
        if isinstance(cell, dict) and isinstance(cell.get("source"), str):
            cell["source"] = cell["source"].splitlines(keepends=draw.random() < 0.8)


def large_outputs(notebook, draw):
    text = "x" * draw.choice((10, 10**4, 3 * 10**6))
    _cell(notebook, draw)["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}] * draw.choice((1, 3))


def odd_outputs(notebook, draw):
    _cell(notebook, draw)["outputs"] = [
        copy.deepcopy(draw.choice(ODD)),
        {"output_type": copy.deepcopy(draw.choice(ODD))},
    ]


def attachments(notebook, draw):
    _cell(notebook, draw)["attachments"] = {"a.png": {"image/png": draw.choice(("AAAA", 3, None))}}


def many_cells(notebook, draw):
    plain = {"cell_type": "markdown", "metadata": {}, "source": "x"}
    notebook["cells"] = _cells(notebook) + [dict(plain) for _ in range(draw.choice((100, 1000, 2500)))]


def deep_metadata(notebook, draw):
    deep: dict = {}
    for _ in range(draw.choice((50, 300))):
        deep = {"a": deep}
    draw.choice((notebook, _cell(notebook, draw)))["metadata"] = deep


def many_keys(notebook, draw):
    notebook["metadata"] = {f"key {n}": n for n in range(5000)}


def no_numbers(notebook, draw):
    draw.choice((notebook, _cell(notebook, draw), _graded(notebook, draw)))["points"] = draw.choice(
        (float("nan"), float("inf"), -float("inf"))
    )


STRUCTURE: list[Callable] = [
    *(shuffle_cells, move_cell, delete_cells, delete_all_cells, copy_cell, copy_all_cells, split_cell, merge_cells),
    *(change_type, drop_key_of_cell, odd_value_in_cell, odd_cell, odd_value_on_top, drop_key_on_top),
    *(odd_value_in_nbgrader, odd_value_in_nbgrader, drop_key_of_nbgrader, rename_graded_cell, exchange_graded_cells),
    *(
        strip_metadata,
        same_ids,
        odd_ids,
        other_kernel,
        other_format,
        worksheets,
        edit_source,
        edit_source,
        large_source,
    ),
    *(source_as_list, large_outputs, odd_outputs, attachments, many_cells, deep_metadata, many_keys, no_numbers),
]


# How it is written


def as_jupyter(notebook, draw):
    return json.dumps(notebook, indent=1).encode()


def as_text(notebook, draw):
    return json.dumps(notebook, ensure_ascii=False).encode("utf-8", "surrogatepass")


def with_keys_twice(notebook, draw):
    text = json.dumps(notebook)
    extra = draw.choice(('"cells": [], ', '"nbformat": 3, ', '"metadata": null, ', '"cells": 3, "cells": {}, '))
    return (
        text[:1] + extra + text[1:] if draw.random() < 0.5 else text[:-1] + ", " + extra.rstrip(", ") + text[-1]
    ).encode()


WRITERS = [as_jupyter, as_jupyter, as_jupyter, as_text, as_text, with_keys_twice]


# The bytes


def empty(raw, draw):
    return draw.choice((b"", b" \n", b"\x00", b"null", b"[]", b"{}", b'""', b"3", b"NaN"))


def byte_order_mark(raw, draw):
    return b"\xef\xbb\xbf" * draw.choice((1, 1, 2)) + raw


def utf16(raw, draw):
    return raw.decode("utf-8", "replace").encode(draw.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32")))


def latin1(raw, draw):
    return raw.replace(b"# ", "# é ".encode("latin-1")) + "é".encode("latin-1")


def cut_off(raw, draw):
    return raw[: draw.randrange(len(raw))]


def appended(raw, draw):
    return raw + draw.choice((b"x", b"}", raw, b"\x00" * 100, b"\n" * 10**5))


def flipped(raw, draw):
    changed = bytearray(raw)
    for _ in range(draw.choice((1, 5, 100))):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def bytes_lost(raw, draw):
    at = draw.randrange(len(raw))
    return raw[:at] + raw[at + draw.randrange(1, 500) :]


def windows_lines(raw, draw):
    return raw.replace(b"\n", b"\r\n")


def conflict_marks(raw, draw):
    lines = raw.split(b"\n")
    at = draw.randrange(len(lines))
    return b"\n".join([*lines[:at], b"<<<<<<< HEAD", *lines[at : at + 3], b"=======", *lines[at:], b">>>>>>> main"])


def deep(raw, draw):
    n = draw.choice((500, 990, 10**5))
    return b'{"cells": ' + b"[" * n + b"]" * n + b', "nbformat": 4}'


def web_page(raw, draw):
    return b"<!DOCTYPE html><html><title>Sign in</title><body>" + raw[:1000] + b"</body></html>"


def compressed(raw, draw):
    import gzip

    return gzip.compress(raw, mtime=0)


def as_a_string(raw, draw):
    return json.dumps(raw.decode("utf-8", "replace")).encode()


def great_numbers(raw, draw):
    return raw.replace(b"4", b"9" * draw.choice((30, 5000)), 1)


def single_quotes(raw, draw):
    return raw.replace(b'"', b"'")


def fixed(raw, draw):
    """A comma too many, as in JavaScript."""
    return raw.replace(b"]", b",]").replace(b"}", b",}")


BYTES = [
    *(empty, byte_order_mark, byte_order_mark, utf16, latin1, cut_off, cut_off, appended, flipped, flipped, bytes_lost),
    *(windows_lines, conflict_marks, deep, web_page, compressed, as_a_string, great_numbers, single_quotes, fixed),
]
