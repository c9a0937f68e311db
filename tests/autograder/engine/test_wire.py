"""Frames are read with limits, in parts, and never for longer than the time there is."""

import json
import os
import struct
import time

import pytest

from autograder.engine.run import wire


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for fd in ends:
        os.close(fd)


@pytest.mark.parametrize("message", [{}, {"a": [1, 2.5, None, True, "é\n"]}, {"deep": [[[[]]]]}, {"n": 2**200}])
def test_what_is_written_is_read(pipe, message):
    wire.write_frame(pipe[1], message)
    assert wire.read_frame(pipe[0]) == message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"1",
        b"{",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe{\x00}\x00",
        b"\x00",
        b"[" + b"[]," * (wire.MAX_FRAME_PARTS // 2) + b"[]]",
    ],
)
def test_what_is_no_plain_object_is_refused(body):
    with pytest.raises(wire.BadFrame):
        wire.parse_body(body)


def test_depth_is_of_brackets_and_not_of_texts():
    deep = b'{"a":' + b"[" * (wire.MAX_FRAME_DEPTH + 5) + b"]" * (wire.MAX_FRAME_DEPTH + 5) + b"}"
    with pytest.raises(wire.BadFrame, match="deep"):
        wire.parse_body(deep)
    for text in ("[" * 1000, "]" * 1000, '\\"[{' * 1000, "\\\\" * 999):
        message = {"a": [text] * 3, text: [[{"b": text}]] * 300}
        assert wire.parse_body(json.dumps(message).encode()) == message


@pytest.mark.parametrize("body", [b'{"a": "\\ud800"}', b'{"a": "\\uDfFf"}', b'{"a": "\xed\xa0\x80"}', b'{"a": "\xff"}'])
def test_every_text_can_be_written_to_a_file(body):
    json.dumps(wire.parse_body(body), ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\ud83d\ude00", "\N{GRINNING FACE}"),
        (r"\ud83d", "?"),
        (r"\ude00", "?"),
        (r"\uD83D\ud83d\uDE00\ude00", "?\N{GRINNING FACE}?"),
        (r"\\ud83d", r"\ud83d"),
        (r"\\\ud83d \\\\ud83d", r"\? \\ud83d"),
    ],
)
def test_half_a_letter_becomes_a_question_mark_and_what_only_looks_like_one_stays(written, read):
    assert wire.parse_body(f'{{"a": "{written}"}}'.encode()) == {"a": read}


@pytest.mark.parametrize(
    "body", [b'{"a": "', b'{"a" 1}', b"{'a': 1}", b'{"a": NaN}', b'{"a": ' + b"9" * 5000 + b"}", b'"\x01"']
)
def test_what_is_wrong_with_a_frame_is_said_in_words_of_our_own(body):
    with pytest.raises(wire.BadFrame) as error:
        wire.parse_body(body)
    for words in ("Expecting", "Unterminated", "Invalid", "Exceeds", "column", "delimiter"):
        assert words not in str(error.value)


def test_a_frame_longer_than_the_limit_is_refused_before_it_is_read(pipe):
    os.write(pipe[1], struct.pack(">I", 2**31))
    with pytest.raises(wire.BadFrame):
        wire.Reader(pipe[0]).read_body(time.monotonic() + 1, 1000)
    with pytest.raises(wire.BadFrame):
        wire.pack_frame({"a": "x" * wire.MAX_FRAME})


def test_a_frame_in_two_parts_is_kept_across_a_time_out(pipe):
    frame, reader = wire.pack_frame({"a": 1}), wire.Reader(pipe[0])
    os.write(pipe[1], frame[:6])
    with pytest.raises(TimeoutError):
        reader.read_body(time.monotonic() + 0.05, 1000)
    os.write(pipe[1], frame[6:] + frame)
    assert [wire.parse_body(reader.read_body(time.monotonic() + 1, 1000)) for _ in "ab"] == [{"a": 1}] * 2


def test_the_end_of_a_stream_is_told_from_a_frame():
    ours, theirs = os.pipe()
    os.write(theirs, wire.pack_frame({"a": 1})[:-1])
    os.close(theirs)
    assert wire.Reader(ours).read_body(time.monotonic() + 1, 1000) is None
    os.close(ours)


def test_writing_to_one_who_does_not_read_ends_in_time(pipe):
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        wire.write_until(pipe[1], bytes(2**21), time.monotonic() + 0.2)
    assert time.monotonic() - began < 2
