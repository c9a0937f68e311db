"""How much of what a notebook showed is kept: as it will be written, where an empty line takes more room than a letter."""

from __future__ import annotations

import json
from collections.abc import Iterable

from autograder.limits import MAX_JSON, MAX_LINES, MAX_WRITTEN

_LINE = 16  # characters around each line in a notebook file
_OUTPUT = 200  # characters around each output


class OutputRoom:
    """What all outputs of one notebook share. Outputs are nbformat's, cleaned."""

    def __init__(self) -> None:
        self._left = MAX_WRITTEN

    def keep(self, outputs: Iterable[dict]) -> list[dict]:
        """Of one cell's outputs what there is room for, with a word where something is left out."""
        kept: list[dict] = []
        lines = MAX_LINES
        for output in outputs:
            lines -= self._cut(output, lines)
            written = len(json.dumps(output, ensure_ascii=False)) + _OUTPUT
            if written > self._left:
                words = "[what was shown below this was left out: there was too much of it]\n"
                return [*kept, {"output_type": "stream", "name": "stderr", "text": words}] if kept else kept
            self._left -= written
            kept.append(output)
        return kept

    def _cut(self, output: dict, lines: int) -> int:
        """Cut an output's texts to `lines` lines; returns how many are left of them."""
        if output["output_type"] == "stream":
            output["text"], used = _cut_text(output["text"], lines)
            self._left -= _LINE * used
            return used
        data, most = output.get("data", {}), 0
        for mime, value in data.items():
            if not isinstance(value, str):
                data[mime] = value if _is_small(value) else "[an output that is too large was left out]"
                continue
            data[mime], used = _cut_text(value, lines)
            self._left -= _LINE * used
            most = max(most, used)
        return most


def _cut_text(text: str, lines: int) -> tuple[str, int]:
    """The first `lines` lines of a text, and how many there are of them; a notebook file has each on a line of its own."""
    found = text.splitlines(keepends=True)
    if len(found) <= lines:
        return text, len(found)
    return "".join(found[:lines]) + f"[{len(found) - lines} more lines were left out]\n", lines


def _is_small(value: object) -> bool:
    return len(json.dumps(value, indent=1)) <= MAX_JSON
