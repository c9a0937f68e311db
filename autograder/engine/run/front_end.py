"""What JupyterLab would make of a kernel's messages: the outputs of the cell that runs, in nbformat's form.

JSON carries less than Python holds: numbers that are no JSON, bytes and keys of any type become what Jupyter makes of them,
and anything else becomes text, so that nothing that a cell shows can spoil what comes after it.
"""

from __future__ import annotations

import base64
import datetime
import json
import numbers
import os
import threading
from typing import Any

from autograder.engine.run.limits import MAX_CELL_OUTPUT, MAX_ERROR, MAX_SHOWN_DEPTH, MAX_SHOWN_PARTS

CUT = "\n[the rest of this output was cut]\n"


class FrontEnd:
    """Takes messages while a cell runs; `finish` gives the cell's outputs. Threads may write at any time."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.allow(MAX_CELL_OUTPUT)
        self._widgets: dict[str, str] = {}  # output areas that are widgets: comm id -> the cell whose outputs they take
        self._cell, self._owner = "", os.getpid()
        self._open = True
        self._clear()

    def allow(self, room: int) -> None:
        """Let all cells together show `room` bytes; more would not be let out of the sandbox, and end the notebook."""
        self._bytes, self._parts, self._most = room, MAX_SHOWN_PARTS, min(room // 2, MAX_CELL_OUTPUT)

    def begin(self, cell: str) -> None:
        """A cell begins; `cell` is the id of the message that asks for it."""
        with self._lock:
            self._cell, self._owner = cell, os.getpid()
            self._widgets = dict.fromkeys(self._widgets, "")
            self._clear()

    def finish(self) -> list[dict]:
        """The outputs of the cell, within what is left for the notebook."""
        with self._lock:
            found = [_join(output) for output in self._outputs]
            self._clear()
            return [self._within_room(output) for output in found]

    def close(self) -> None:
        """From now on nothing is taken any more."""
        with self._lock:
            self._open = False
            self._clear()

    def stream(self, name: str, text: str) -> None:
        """Text to stdout or stderr."""
        with self._lock:
            if self._is_elsewhere():
                return
            text = self._cut(text)
            if not text:
                return
            last = self._outputs[-1] if self._outputs else {}
            if last.get("name") == name:
                last["text"].append(text)  # joined at the end: a string that grows is copied each time
            else:
                self._outputs.append({"output_type": "stream", "name": name, "text": [text]})

    def take(self, kind: str, content: dict) -> None:
        """Any other message of the kernel. Those of a forked child are dropped: it has no front end, only a copy of one."""
        if os.getpid() != self._owner:
            return
        with self._lock:
            if kind in ("display_data", "execute_result", "update_display_data"):
                self._data(kind, content)
            elif kind == "error":
                self._error(content)
            elif kind == "clear_output":
                self._clear_output(bool(content.get("wait")))
            elif kind in ("comm_open", "comm_msg"):
                self._comm(kind, content)

    def _clear(self) -> None:
        self._outputs: list[dict] = []
        self._displays: dict[str, list[dict]] = {}
        self._room, self._clear_next = self._most, False

    def _is_elsewhere(self) -> bool:
        """Whether an output goes nowhere: into a widget, or it comes too late. If not, what waits to be cleared is."""
        if not self._open or self._cell in self._widgets.values():
            return True
        if self._clear_next:
            self._clear()
        return False

    def _clear_output(self, wait: bool) -> None:
        if self._cell not in self._widgets.values():
            if wait:
                self._clear_next = True
            else:
                self._clear()

    def _data(self, kind: str, content: dict) -> None:
        name = str((content.get("transient") or {}).get("display_id") or "")
        if kind == "update_display_data":
            for output in self._displays.get(name, ()):
                output.update(self._bundle(content))
        elif not self._is_elsewhere():
            output = {"output_type": kind, **self._bundle(content)}
            if kind == "execute_result":
                output["execution_count"] = None
            self._outputs.append(output)
            if name:
                self._displays.setdefault(name, []).append(output)

    def _bundle(self, content: dict) -> dict:
        data, metadata = plain_data(content["data"]), plain_data(content.get("metadata") or {})
        size = sum(
            _written(value) if isinstance(value, str) else _size(value)[0] for value in (*data.values(), metadata)
        )
        if size > self._room:
            return {"data": _left_out(size), "metadata": {}}
        self._room -= size
        return {"data": data, "metadata": metadata}

    def _error(self, content: dict) -> None:
        if not self._is_elsewhere():
            lines = [self._cut(str(line)) for line in content["traceback"]]
            name, value = (str(content[key])[:MAX_ERROR] for key in ("ename", "evalue"))
            self._outputs.append({"output_type": "error", "ename": name, "evalue": value, "traceback": lines})

    def _comm(self, kind: str, content: dict) -> None:
        """Of widgets' states only this matters here: which of them take the outputs of the cell."""
        id, data = content.get("comm_id"), content.get("data")
        state = data.get("state") if isinstance(data, dict) else None
        if not isinstance(id, str) or not isinstance(state, dict):
            return
        if kind == "comm_open" and state.get("_model_name") == "OutputModel":
            self._widgets[id] = ""
        if id in self._widgets and "msg_id" in state:
            self._widgets[id] = str(state["msg_id"] or "")

    def _cut(self, text: str) -> str:
        size = _written(text)
        if size > self._room:
            text, self._room = _beginning(text, self._room) + CUT if self._room else "", 0
        else:
            self._room -= size
        return text

    def _within_room(self, output: dict) -> dict:
        """The output, or a word in its place where the notebook has shown too much: its answers must get out, too."""
        size, parts = _size(output)
        if size > self._bytes or parts > self._parts:
            if output["output_type"] in ("stream", "error"):
                return {"output_type": "stream", "name": output.get("name", "stderr"), "text": CUT}
            return {**output, "data": _left_out(size), "metadata": {}}
        self._bytes, self._parts = self._bytes - size, self._parts - parts
        return output


def _join(output: dict) -> dict:
    return {**output, "text": "".join(output["text"])} if output["output_type"] == "stream" else output


def _left_out(size: int) -> dict:
    return {"text/plain": f"[an output of {size} characters was left out]"}


def _written(text: str) -> int:
    """Bytes that a text takes in JSON: up to four for a letter, six for a control character."""
    if text.isascii() and text.isprintable():
        return len(text) + text.count('"') + text.count("\\")
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass")) - 2


def _beginning(text: str, room: int) -> str:
    """As much of a text as takes `room` bytes."""
    fits, too_long = 0, min(len(text), room) + 1
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        fits, too_long = (middle, too_long) if _written(text[:middle]) <= room else (fits, middle)
    return text[:fits]


def _size(value: Any) -> tuple[int, int]:
    """Bytes of JSON that a plain value takes, and how many commas and opening brackets are in them."""
    body = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return len(body), sum(body.count(mark) for mark in (b",", b"[", b"{"))


def plain_data(value: Any, depth: int = 0) -> Any:
    """A mime bundle as JSON, as Jupyter makes it: NaN as the text "nan", bytes as base64, sets as lists, keys as text.

    Anything odd becomes text, and so does what is nested too deeply.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if depth == MAX_SHOWN_DEPTH and isinstance(value, dict | list | tuple | set | frozenset):
        return f"[a {type(value).__name__} nested too deeply was left out]"
    if isinstance(value, dict):
        return {_key(key): plain_data(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_data(item, depth + 1) for item in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, numbers.Real):
        return _number(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def _number(value: numbers.Real) -> int | float | str:
    if isinstance(value, numbers.Integral):
        whole = int(value)
        return whole if abs(whole) < 2**1000 else "[a very large integer]"
    real = float(value)
    return real if real - real == 0 else repr(real)


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    return json.dumps(key) if key is None or isinstance(key, bool) else str(key)
