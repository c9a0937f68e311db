"""Cleans HTML, twice over: a pass of our own that bounds it, then Ammonia (nh3), which knows how browsers read HTML.

The first pass is linear. It writes the page anew out of the elements and attributes below, closed as they were opened and
at most `MAX_HTML_DEPTH` deep: parsers of HTML, Ammonia's and a browser's, take quadratic time and more on pages that are not.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import nh3

from autograder.cleaning import formulas
from autograder.cleaning.drawings import ADDRESS, drawing, drawing_again
from autograder.cleaning.nesting import stay_open
from autograder.cleaning.style import clean_style, styles_by_id
from autograder.limits import MAX_COPIED, MAX_HTML_DEPTH, MAX_SHOWN, MAX_TEXT_STEPS, MAX_VALUE

_GLOBAL = {"style", "title", "aria-label", "align", "dir", "lang"}
_SIZE = {"width", "height"}
_CELL = {"colspan", "rowspan", "scope", "valign", *_SIZE}
_PLAIN_NAMES = (
    "abbr b big blockquote br caption center cite code colgroup dd del dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 "
    "h6 hr i ins kbd mark p pre q s samp small span strike strong sub summary sup tbody tfoot thead tr tt u ul var wbr"
)
ELEMENTS: dict[str, set[str]] = {
    **{name: set() for name in _PLAIN_NAMES.split()},
    **{"details": {"open"}, "ol": {"start"}, "li": {"value"}, "col": {"span", *_SIZE}, "table": {"border", *_SIZE}},
    **{"td": _CELL, "th": _CELL, "a": {"href"}, "img": {"src", "alt", *_SIZE}},
    **{"audio": {"controls"}, "video": {"controls", *_SIZE}, "source": {"src", "type"}},
}
CLASSES = {"verdict", "dataframe"}  # ours, and pandas'
VOID = {"br", "hr", "wbr", "img", "source", "col"}
#: Elements whose content is no text to be read: left out as a whole.
UNREAD = {
    *("script", "style", "iframe", "noscript", "noembed", "noframes", "template", "textarea", "title", "xmp"),
    *("plaintext", "svg", "select", "object", "applet", "frameset", "canvas"),
}
_END = {name: re.compile(rf"</{name}[\s/>]", re.IGNORECASE) for name in UNREAD}
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_BETWEEN = re.compile(r"[\s/]*")
_NAME = re.compile(r"[^\s/>][^\s/>=]*")
_EQUALS = re.compile(r"\s*+=\s*+")
_BARE = re.compile(r"[^\s>]*")
_COMMENT_END = re.compile(r"--!?>")
_LINK = re.compile(r"(https?://|mailto:)[^\s\x00-\x20]+", re.IGNORECASE)
_MEDIA = re.compile(
    r"data:(image/(png|jpeg|gif|webp|bmp|svg\+xml)|audio/(x-)?(wav|mpeg|ogg|mp3)|video/(mp4|webm|ogg));base64,"
    r"[A-Za-z0-9+/=\s]*",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[\w%./+-]{0,40}")
NO_DRAWING = "[a drawing that is not an SVG, or takes too long to draw]"
#: Stands for a formula until everything else is clean; no text of a learner's holds one.
PLACEHOLDER = "\ue000"


@dataclass
class Room:
    """How many tags and attributes may still be read; one for all outputs of a notebook keeps it bounded as a whole.

    And how many characters may still be written that are shown by reference: a style, a link, a picture named many times.
    """

    steps: int = MAX_TEXT_STEPS
    copied: int = MAX_COPIED

    def copy(self, text: str) -> bool:
        """Whether there is room to show a text once more."""
        if len(text) > self.copied:
            return False
        self.copied -= len(text)
        return True


def _none(source: str) -> str:
    return ""


@dataclass
class _Page:
    """The page as it is written."""

    room: Room
    picture: Callable[[str], str] = _none  # the address of an attached picture
    parts: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)
    opened: Counter[str] = field(default_factory=Counter)
    styles: dict[str, str] = field(default_factory=dict)  # by id, as a style element gave them

    def open(self, name: str, attributes: dict[str, str]) -> bool:
        """Write a start tag, and end tags before it as `stay_open` says; False where it would be too deep or has no place."""
        if (keep := stay_open(name, self.stack)) is None:
            return False
        while len(self.stack) > keep:
            self._end_last()
        if name not in VOID:
            if len(self.stack) >= MAX_HTML_DEPTH:
                return False
            self.stack.append(name)
            self.opened[name] += 1
        written = "".join(f' {key}="{html.escape(value)}"' for key, value in attributes.items())
        self.parts.append(f"<{name}{written}>")
        return True

    def close(self, name: str) -> None:
        """Write the end tags up to an element's; none where it is not open."""
        while self.opened[name]:
            if self._end_last() == name:
                return

    def _end_last(self) -> str:
        last = self.stack.pop()
        self.opened[last] -= 1
        self.parts.append(f"</{last}>")
        return last

    def finish(self) -> str:
        """The whole page, everything closed."""
        self.parts += [f"</{name}>" for name in reversed(self.stack)]
        return "".join(self.parts)


def as_source(text: str) -> str:
    """A text of any kind as HTML that shows it letter by letter, cut at MAX_SHOWN characters."""
    cut = f"\n[{len(text) - MAX_SHOWN} more characters]" if len(text) > MAX_SHOWN else ""
    return f"<pre>{html.escape(text[:MAX_SHOWN], quote=False)}{cut}</pre>"


def clean_html(text: str, room: Room | None = None, picture: Callable[[str], str] = _none) -> str:
    """HTML of which a browser shows all and runs, fetches and follows nothing by itself.

    Tables, lists, formulas, pictures and sounds that the text carries in itself, links to other sites and harmless styles
    stay; in a formula there is nothing but MathML, and no MathML elsewhere.
    What is beyond `room` is left out, with a word that says so. `picture` gives the address of an attached picture, by the
    source that names it; "" for any other source.
    """
    text = text.encode("utf-8", "replace").decode()  # halves of a character, which only Python knows, are no text
    return _ammonia().clean(_bound(text, _Page(room or Room(), picture)))


def _bound(text: str, page: _Page) -> str:
    """The page written anew, bounded and closed."""
    room, at = page.room, 0
    while (start := text.find("<", at)) >= 0:
        page.parts.append(text[at:start])
        room.steps -= 1
        if room.steps < 0:
            page.parts.append(f"[{len(text) - start} more characters are left out]")
            return page.finish()
        at = _read_tag(text, start, page)
    page.parts.append(text[at:])
    return page.finish()


def _read_tag(text: str, start: int, page: _Page) -> int:
    """Read what begins with the `<` at `start` and write what is kept of it; return where the text goes on."""
    room = page.room
    tag = _TAG.match(text, start)
    if tag is None:
        return _read_no_tag(text, start, page)
    name = tag[2].lower()
    attributes, end = _read_attributes(text, tag.end(), room)
    in_formula = page.opened["math"] > 0
    if tag[1]:
        if not in_formula or name in formulas.ELEMENTS:
            page.close(name)
    elif name in UNREAD:
        found = _END[name].search(text, end)
        stop = found.start() if found else len(text)
        if name == "style":
            page.styles.update(styles_by_id(text[end:stop]))
        elif name == "svg" and found:
            room.steps -= 20  # its wrapping is long
            if source := drawing(text[start:stop] + "</svg>"):
                page.open("img", {"src": source, "alt": "a drawing", "style": "max-width: 100%"})
            else:
                page.parts.append(NO_DRAWING)
        return _read_attributes(text, found.end() - 1, room)[1] if found else len(text)
    elif name in formulas.ELEMENTS and in_formula != (name == "math"):
        page.open(
            name, {key: value for key, value in attributes.items() if key in formulas.ATTRIBUTES and _is_plain(value)}
        )
    elif name in ELEMENTS and not in_formula:
        _write_element(page, name, attributes)
    return end


def _read_no_tag(text: str, start: int, page: _Page) -> int:
    """Comments and what browsers take for one are skipped; any other `<` is text."""
    if text.startswith("<!--", start):
        found = _COMMENT_END.search(text, start + 2)
        return found.end() if found else len(text)
    if text[start + 1 : start + 2] in ("!", "?", "/"):
        end = text.find(">", start)
        return end + 1 if end >= 0 else len(text)
    page.parts.append("&lt;")
    return start + 1


def _read_attributes(text: str, at: int, room: Room) -> tuple[dict[str, str], int]:
    """A tag's attributes, the first of each name, and where the tag ends; a tag without an end takes all that is left."""
    attributes: dict[str, str] = {}
    while True:
        at = _end_of(_BETWEEN, text, at)
        if at >= len(text) or room.steps < 0:
            return attributes, len(text) if at >= len(text) else at
        if text[at] == ">":
            return attributes, at + 1
        room.steps -= 1
        start, at, value = at, _end_of(_NAME, text, at), ""
        name = text[start:at]
        if equals := _EQUALS.match(text, at):
            at = equals.end()
            quote = text[at : at + 1]
            if quote in ('"', "'") and quote:
                end = text.find(quote, at + 1)
                if end < 0:
                    return attributes, len(text)
                value, at = text[at + 1 : end], end + 1
            else:
                end = _end_of(_BARE, text, at)
                value, at = text[at:end], end
        attributes.setdefault(name.lower() if len(name) <= 40 else "", value)


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where what the pattern takes from here ends: here, where it takes nothing."""
    found = pattern.match(text, at)
    return found.end() if found else at


def _write_element(page: _Page, name: str, attributes: dict[str, str]) -> None:
    kept = {}
    allowed = ELEMENTS[name]
    for key, value in attributes.items():
        if key == "class" and (classes := CLASSES.intersection(value[:MAX_VALUE].split())):
            kept["class"] = " ".join(sorted(classes))
        elif key == "src" and "src" in allowed:
            source = page.picture(value) or value
            if source[: len(ADDRESS)].lower() == ADDRESS:
                source = drawing_again(source)
            if _MEDIA.fullmatch(source):
                kept["src"] = source
        elif key in allowed or key in _GLOBAL:
            if (clean := _clean_value(key, html.unescape(value[:MAX_VALUE]))) is not None:
                kept[key] = clean
    if (styled := page.styles.get(attributes.get("id", ""))) and page.room.copy(styled):
        kept["style"] = f"{styled}; {kept['style']}" if "style" in kept else styled
    if name == "img" and "src" not in kept:
        _name_picture(page, kept, attributes.get("src", ""))
    elif name == "img":
        page.open(name, {**kept, "alt": kept.get("alt") or "a picture"})
    else:
        page.open(name, kept)


def _name_picture(page: _Page, kept: dict[str, str], source: str) -> None:
    """In place of a picture that the text does not carry in itself: its words, and its address where it has one."""
    words = html.escape(kept.get("alt") or "a picture that is not part of the notebook")
    page.parts.append(f"[{words}]")
    if _LINK.fullmatch(source[:MAX_VALUE]):
        page.parts.append(" ")
        linked = page.open("a", {"href": source[:MAX_VALUE]})
        page.parts.append("its address")
        if linked:
            page.close("a")


def _is_plain(value: str) -> bool:
    return _PLAIN.fullmatch(value) is not None


def _clean_value(key: str, value: str) -> str | None:
    """The value of an attribute that may stay; None for one that may not."""
    value = value.replace(PLACEHOLDER, "")
    if key == "style":
        return clean_style(value) or None
    if key == "href":
        return value.strip() if _LINK.fullmatch(value.strip()) else None
    if key in ("title", "alt", "aria-label"):
        return value
    return value if _PLAIN.fullmatch(value) else None


def _allowed(element: str, attribute: str, value: str) -> str | None:
    """Ammonia's word on an attribute: what it may hold, told once more and by other means than above."""
    if attribute == "src":
        return value if value[:11].lower().startswith(("data:image/", "data:audio/", "data:video/")) else None
    if attribute == "href":
        return value if value[:8].lower().startswith(("http://", "https://", "mailto:")) else None
    return value


_CLEANER: list[nh3.Cleaner] = []


def _ammonia() -> nh3.Cleaner:
    if not _CLEANER:
        _CLEANER.append(
            nh3.Cleaner(
                tags={*ELEMENTS, *formulas.ELEMENTS},
                clean_content_tags=UNREAD,
                attributes={
                    **{name: {*_GLOBAL, *own} for name, own in ELEMENTS.items()},
                    **dict.fromkeys(formulas.ELEMENTS, formulas.ATTRIBUTES),
                },
                attribute_filter=_allowed,
                allowed_classes=dict.fromkeys(ELEMENTS, CLASSES),
                set_tag_attribute_values={"a": {"target": "_blank"}},
                url_schemes={"data", "http", "https", "mailto"},
                url_relative="deny",
                link_rel="noopener noreferrer",
            )
        )
    return _CLEANER[0]
