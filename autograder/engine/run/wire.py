"""Frames: what passes through the pipes around the sandbox. JSON behind a length; read with limits, never trusted."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import select
import struct
import time
from typing import Any

from autograder.engine.run.limits import MAX_FRAME, MAX_FRAME_DEPTH, MAX_FRAME_PARTS

_LENGTH = struct.Struct(">I")
#: A text, or the rest of the body where one has no end: what a quotation mark begins is read once, whatever it is.
_STRING = re.compile(rb'"[^"]*+"?+')
#: Half a character that stands alone, where no backslash is escaped by another: no file can hold it.
_HALF = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class BadFrame(ValueError):
    """Bytes from a sandbox that are no frame; the message says why."""


def pack_frame(message: dict) -> bytes:
    """A frame of `message`. Raises BadFrame when it is larger than MAX_FRAME."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(body) > MAX_FRAME:
        raise BadFrame(f"a frame of {len(body) / 2**20:.0f} MB; the largest accepted is {MAX_FRAME >> 20}")
    return _LENGTH.pack(len(body)) + body


def parse_body(body: bytes) -> dict:
    """The message in a frame's body. Raises BadFrame for what is not a JSON object within the limits.

    No number in it is NaN or infinite, and every text can be written as UTF-8.
    """
    if count_parts(body) > MAX_FRAME_PARTS:
        raise BadFrame(f"more than {MAX_FRAME_PARTS} parts")
    if is_deep(body):
        raise BadFrame("nested too deeply")
    try:
        message = json.loads(_without_halves(body), parse_constant=_no_constant, parse_float=_finite)
    except RecursionError:
        raise BadFrame("nested too deeply") from None
    except json.JSONDecodeError as error:
        raise BadFrame(f"no JSON from its character {error.pos + 1} on") from None
    except BadFrame:
        raise
    except ValueError:  # what else json raises
        raise BadFrame("a number of thousands of digits") from None
    if not isinstance(message, dict):
        raise BadFrame("not a JSON object")
    return message


def _without_halves(body: bytes) -> str:
    """The text of a body, with a question mark for each half of a character."""
    if rb"\ud" in body or rb"\uD" in body:
        body = _HALF.sub(b"?", body.replace(rb"\\", rb"\u005c"))
    return body.decode("utf-8", "replace")


def count_parts(body: bytes) -> int:
    """Commas and opening brackets: a little more than the objects that parsing it makes."""
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def is_deep(body: bytes) -> bool:
    """Whether JSON has brackets within brackets more than MAX_FRAME_DEPTH deep (or its brackets do not match)."""
    if body.count(b"[") + body.count(b"{") <= MAX_FRAME_DEPTH:
        return False
    unescaped = body.replace(rb"\\", b"").replace(rb"\"", b"") if b"\\" in body else body
    brackets = _STRING.sub(b"", unescaped).translate(None, _NO_BRACKETS)
    if not brackets or len(brackets) > 2 * MAX_FRAME_PARTS:  # all of them in texts; more closing ones than opening ones
        return bool(brackets)
    import numpy

    opening = (numpy.frombuffer(brackets, numpy.uint8) & 0x0F) == 0x0B  # "[" and "{", not "]" and "}"
    depth = numpy.cumsum(numpy.where(opening, numpy.int8(1), numpy.int8(-1)), dtype=numpy.int32)
    return bool(depth.max() > MAX_FRAME_DEPTH or depth.min() < 0 or depth[-1])


def _no_constant(name: str) -> None:
    raise BadFrame(f"the number {name}, which is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise BadFrame("a number that is too large")
    return number


def write_all(fd: int, data: bytes) -> None:
    """Write all of `data`; raises BrokenPipeError when nobody reads."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def write_until(fd: int, data: bytes, deadline: float) -> None:
    """Write all of `data` to a pipe whose reader may never read. Raises TimeoutError at `deadline` (of time.monotonic)."""
    os.set_blocking(fd, False)
    view = memoryview(data)
    while view:
        _, ready, _ = select.select([], [fd], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        with contextlib.suppress(BlockingIOError):
            view = view[os.write(fd, view) :]


def write_frame(fd: int, message: dict) -> None:
    """Write `message` as one frame."""
    write_all(fd, pack_frame(message))


def write_body(fd: int, body: bytes) -> None:
    """Write a frame around a body that is one already."""
    write_all(fd, _LENGTH.pack(len(body)))
    write_all(fd, body)


def read_exactly(fd: int, size: int, deadline: float | None = None) -> bytes | None:
    """`size` bytes, or None at the end of the stream. Raises TimeoutError at `deadline` (of time.monotonic)."""
    read = io.BytesIO()  # what it gives in the end is no copy
    while size:
        if deadline is not None:
            ready, _, _ = select.select([fd], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            return None
        read.write(part)
        size -= len(part)
    return read.getvalue()


def read_body(fd: int, deadline: float | None = None, most: int = MAX_FRAME) -> bytes | None:
    """The body of the next frame, not yet parsed; None at the end of the stream. Raises BadFrame above `most` bytes."""
    head = read_exactly(fd, _LENGTH.size, deadline)
    if head is None:
        return None
    (size,) = _LENGTH.unpack(head)
    if size > most:
        raise BadFrame(f"a frame of {size / 2**20:.1f} MB; the largest accepted is {most / 2**20:.1f}")
    return read_exactly(fd, size, deadline)


class Reader:
    """Frames of an untrusted writer. A frame that has arrived in part when the time is up is kept for the next call."""

    def __init__(self, fd: int) -> None:
        self._fd, self._kept = fd, bytearray()

    def read_body(self, deadline: float, most: int) -> bytes | None:
        """Like `read_body`; raises TimeoutError at `deadline`, however slowly bytes trickle in."""
        while True:
            if len(self._kept) >= _LENGTH.size:
                (size,) = _LENGTH.unpack_from(self._kept)
                if size > most:
                    raise BadFrame(f"a frame of {size / 2**20:.1f} MB; the largest accepted is {most / 2**20:.1f}")
                whole = _LENGTH.size + size
                if len(self._kept) >= whole:
                    body = bytes(self._kept[_LENGTH.size : whole])
                    del self._kept[:whole]
                    return body
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self._fd], [], [], max(0.0, left))
            if not ready or left <= 0:
                raise TimeoutError
            part = os.read(self._fd, 1 << 20)
            if not part:
                return None
            self._kept += part


def read_frame(fd: int, deadline: float | None = None) -> dict | None:
    """The next message from a trusted peer, or None at the end of the stream."""
    body = read_body(fd, deadline)
    return None if body is None else parse_body(body)


def read_ours(fd: int) -> dict:
    """The next message from the coordinator, which may have as many parts as a notebook has commas."""
    return json.loads((read_body(fd) or b"{}").decode("utf-8", "replace"))


def frame_of_body(body: bytes) -> bytes:
    """A frame around a body that is one already."""
    return _LENGTH.pack(len(body)) + body


Job = dict[str, Any]
