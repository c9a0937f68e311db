"""Frames: what passes through the pipes around the sandbox. JSON behind a length; read with limits, never trusted."""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any

MAX_FRAME = 64 * 2**20  # bytes
_LENGTH = struct.Struct(">I")


class BadFrame(ValueError):
    """Bytes from a sandbox that are no frame; the message says why."""


def pack_frame(message: dict) -> bytes:
    """A frame of `message`. Raises BadFrame when it is larger than MAX_FRAME."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(body) > MAX_FRAME:
        raise BadFrame(f"a frame of {len(body) / 2**20:.0f} MB; the largest accepted is {MAX_FRAME >> 20}")
    return _LENGTH.pack(len(body)) + body


def parse_body(body: bytes) -> dict:
    """The message in a frame's body. Raises BadFrame for what is not a JSON object within the limits."""
    try:
        message = json.loads(body, parse_constant=_no_constant)
    except RecursionError:
        raise BadFrame("nested too deeply") from None
    except ValueError as error:
        raise BadFrame(f"not JSON: {str(error)[:80]}") from None
    if not isinstance(message, dict):
        raise BadFrame("not a JSON object")
    return message


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def write_all(fd: int, data: bytes) -> None:
    """Write all of `data`; raises BrokenPipeError when nobody reads."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def write_frame(fd: int, message: dict) -> None:
    """Write `message` as one frame."""
    write_all(fd, pack_frame(message))


def read_exactly(fd: int, size: int, deadline: float | None = None) -> bytes | None:
    """`size` bytes, or None at the end of the stream. Raises TimeoutError at `deadline` (of time.monotonic)."""
    parts: list[bytes] = []
    while size:
        if deadline is not None:
            ready, _, _ = select.select([fd], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def read_body(fd: int, deadline: float | None = None, most: int = MAX_FRAME) -> bytes | None:
    """The body of the next frame, not yet parsed; None at the end of the stream. Raises BadFrame above `most` bytes."""
    head = read_exactly(fd, _LENGTH.size, deadline)
    if head is None:
        return None
    (size,) = _LENGTH.unpack(head)
    if size > most:
        raise BadFrame(f"a frame of {size / 2**20:.1f} MB; the largest accepted is {most / 2**20:.1f}")
    return read_exactly(fd, size, deadline)


def read_frame(fd: int, deadline: float | None = None) -> dict | None:
    """The next message from a trusted peer, or None at the end of the stream."""
    body = read_body(fd, deadline)
    return None if body is None else parse_body(body)


def frame_of_body(body: bytes) -> bytes:
    """A frame around a body that was read, to be passed on unparsed."""
    return _LENGTH.pack(len(body)) + body


Job = dict[str, Any]
