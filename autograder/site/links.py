"""Links of the course's texts as Sphinx is to read them: within the site where they can, to the repository where they leave it.

JupyterLab opens a notebook at a cell (`#cell-id=...`), and GitHub a page at `<a id="...">`. Sphinx knows neither, but a target, which
is the same for both: `(name)=` on a line of its own.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from autograder.edition.colab import Repository

_CODE = r"```.*?```|`[^`\n]*`"
_LINK = r"(?P<picture>!?)\[(?P<words>[^\]]*)\]\((?![a-z]+:)(?P<target>[^)\s#]*)(?:#(?P<anchor>[^)\s]*))?\)"
_CODE_OR_LINK = re.compile(f"{_CODE}|{_LINK}", re.S)
_ANCHOR = re.compile(r'^<a id="([^"]+)"></a>', re.M)
_CELL = "cell-id="


def target(path: str, anchor: str) -> str:
    """The name of a place on a page; labels are the whole site's in Sphinx, so the page's name is part of it."""
    return f"{posixpath.splitext(posixpath.basename(path))[0]}-{anchor.removeprefix(_CELL)}"


@dataclass(frozen=True)
class Pages:
    """The pages and pictures of the site, by their paths in the course's folder, and the repository that has the other files."""

    known: frozenset[str]
    anchored: frozenset[str] = frozenset()  # those of them that name places by `<a id="...">`
    repository: Repository | None = None

    def relinked(self, text: str, path: str) -> str:
        """The Markdown of the page at `path`; of a link that leads to nothing that readers can reach, its words alone stay."""
        if path in self.anchored:
            text = _ANCHOR.sub(lambda found: f"({target(path, found[1])})=\n", text)
        return _CODE_OR_LINK.sub(lambda found: self._lead(found, path), text)

    def _lead(self, found: re.Match, path: str) -> str:
        words, anchor = found["words"], found["anchor"]
        if words is None or not (found["target"] or anchor):  # code, or no link
            return found[0]
        place = (
            posixpath.normpath(posixpath.join(posixpath.dirname(path), found["target"])) if found["target"] else path
        )
        if place in self.known:
            named = bool(anchor) and (anchor.startswith(_CELL) or place in self.anchored)
            behind = f"#{target(place, anchor) if named else anchor}" if anchor else ""
            return f"{found['picture']}[{words}]({found['target']}{behind})"
        if self.repository and not place.startswith(".."):
            return f"{found['picture']}[{words}]({self.repository.page(place)}{f'#{anchor}' if anchor else ''})"
        return words
