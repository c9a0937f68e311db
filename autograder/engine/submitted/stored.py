"""A notebook file without what is stored in it besides its cells' sources: outputs, attachments, widgets, of any size.

They are cleared before grading; here they are left out while the file is read, so that their size is no matter. The text is
passed over once, from front to back, in pieces: time grows with the file, memory with what is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from autograder.limits import CHUNK, SHORT

_REST_OF_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_TOKEN = re.compile(rb'[^"\[\]{}]*+(?:(?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+")|(?P<bracket>[\[\]{}]))', re.DOTALL)
_BEFORE_VALUE = re.compile(rb"\s*+:\s*+")
#: Which values are left out: by depth of the brackets around the key.
_LEFT_OUT = {1: (b'"metadata"',), 3: (b'"outputs"', b'"attachments"')}


class TooLarge(ValueError):
    """What is left of a notebook is larger than a notebook may be, or has too many parts to be gone through."""


class Stripper:
    """Takes a notebook's bytes piece by piece and keeps those that grading needs."""

    def __init__(self, most: int, most_tokens: int) -> None:
        self.kept, self.most, self.tokens = bytearray(), most, most_tokens
        self._rest = b""  # the end of the last piece, not yet understood
        self._depth, self._key = 0, b""
        self._skip_from = 0  # the depth at which a value began that is left out; 0: none is
        self._in_string = False  # in one whose end has not come

    def feed(self, piece: bytes) -> None:
        """Take the next piece. Raises TooLarge."""
        data, at = self._rest + piece, 0
        while True:
            if self._in_string:
                rest = _REST_OF_STRING.match(data, at)
                assert rest is not None  # it matches nothing, too
                end = rest.end()
                self._in_string = data[end : end + 1] != b'"'
                end += not self._in_string
                if not self._skip_from:
                    self._keep(data[at:end])
                if self._in_string:
                    self._rest = data[end:]  # nothing, or a backslash whose other half is to come
                    return
                at = end
            found = _TOKEN.match(data, at)
            if found is None:
                self._incomplete(data, at)
                return
            self._token(data, at, found)
            at = found.end()

    def close(self) -> bytes:
        """All that was kept, at the end of the file."""
        if not self._skip_from:
            self._keep(self._rest)
        return bytes(self.kept)

    def _incomplete(self, data: bytes, at: int) -> None:
        """What is left of a piece holds no whole token. It is looked at again with the next one only where it is short."""
        quote = data.find(b'"', at)
        begin = at if quote < 0 else quote
        if not self._skip_from and len(data) - begin <= SHORT:
            self._rest = data[at:]
            return
        end = len(data) - ((len(data) - len(data.rstrip(b"\\"))) % 2 if quote >= 0 else 0)
        if not self._skip_from:
            self._keep(data[at:end])
        self._key, self._in_string, self._rest = b"", quote >= 0, data[end:]

    def _token(self, data: bytes, at: int, found: re.Match) -> None:
        self.tokens -= 1
        if self.tokens < 0:
            raise TooLarge
        bracket = found["bracket"]
        if bracket in (b"]", b"}"):
            self._depth -= 1
            if self._skip_from and self._depth < self._skip_from:
                self._skip_from = 0
                return  # its closing bracket stands already
        if not self._skip_from:
            self._keep(data[at : found.end()])
        if bracket in (b"[", b"{"):
            if not self._skip_from and self._key in _LEFT_OUT.get(self._depth, ()) and self._is_value(data, at, found):
                self._skip_from = self._depth + 1
                self._keep(b"]" if bracket == b"[" else b"}")
            self._depth += 1
        if found["string"]:
            self._key = found["string"] if len(found["string"]) < 20 else b""
        elif bracket:
            self._key = b""

    @staticmethod
    def _is_value(data: bytes, at: int, found: re.Match) -> bool:
        """Whether between the last string and this bracket there is a colon alone."""
        return _BEFORE_VALUE.fullmatch(data, at, found.end() - 1) is not None

    def _keep(self, data: bytes) -> None:
        self.kept += data
        if len(self.kept) > self.most:
            raise TooLarge


def strip_stored(read: Callable[[int], bytes], most: int, most_tokens: int) -> bytes:
    """The notebook that `read(size)` gives piece by piece, at most `most` bytes of it kept. Raises TooLarge."""
    stripper = Stripper(most, most_tokens)
    while piece := read(CHUNK):
        stripper.feed(piece)
    return stripper.close()
