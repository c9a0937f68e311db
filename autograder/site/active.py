"""HTML of a lesson or of what its code displayed that would act on a reader: JupyterLab and GitHub take it out, and Sphinx would not."""

from __future__ import annotations

import re
from html.parser import HTMLParser

#: Elements that run something, load a page, or change what the rest of the page means.
ACTIVE = {
    *("script", "iframe", "frame", "frameset", "object", "embed", "applet", "portal"),
    *("base", "meta", "link", "form", "noscript", "template"),
}
_OPEN = re.compile(r"<([a-z][^\s/>]*)", re.IGNORECASE)
_ADDRESSES = {"href", "xlink:href", "src", "srcset", "data", "poster", "action", "formaction"}
_SCRIPT = re.compile(r"(javascript|vbscript|data):(?!image/|audio/|video/)", re.IGNORECASE)


def active_part(html: str) -> str:
    """What of a piece of HTML would act, as an author finds it there: "<script>", "onclick"; "" where nothing would."""
    names = (found[1].lower() for found in _OPEN.finditer(html))  # however broken the piece is
    if name := next((name for name in names if name in ACTIVE), ""):
        return f"<{name}>"
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    """Finds the first attribute that acts."""

    found = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes of an element."""
        for name, value in attrs:
            address = "".join(c for c in value or "" if c > " ")  # a browser passes over what stands between
            is_script = name in _ADDRESSES and _SCRIPT.match(address)
            if name.startswith("on") or name == "srcdoc" or is_script:
                self.found = self.found or f"{name} of <{tag}>"
