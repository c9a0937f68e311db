"""HTML that somebody else wrote, made harmless: a browser shows it, and runs, loads, sends and covers nothing.

What a learner's code displayed, what a learner wrote as Markdown, and what stands in comments passes here before it becomes
part of any page. The work is bounded, since a parser's is not: it looks through all open tags at each new one, through all
attributes of a tag at each new one, and opens again in every paragraph the tags of letters' styles that were left open. So
HTML with more characters, tags, words or styled tags than stands below comes back as its own source, escaped.
"""

from __future__ import annotations

import html
import re

import nh3

MAX_MARKUP = 200_000  # characters, pictures not counted
MAX_PICTURES = 16 * 2**20  # characters of all pictures together
MAX_TAGS = 6_000  # "<", closing ones included
MAX_WORDS = 3_000  # different ones: no tag has more different attributes, wherever it begins and ends
MAX_STYLED = 50  # tags like <font color=...> and <b class=...>
MAX_SHOWN = 20_000  # characters of a source that is shown in place of its page
MAX_STYLE = 1_000  # characters of one style attribute

#: What verdicts, tables of data, comments and written answers are made of.
_TAG_NAMES = (
    "a abbr acronym b blockquote br caption code dd div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s span strong sub "
    "sup table tbody td tfoot th thead tr ul"
)
TAGS = frozenset(_TAG_NAMES.split())
_ATTRIBUTES = {
    "*": {"class", "style", "aria-label", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
#: Classes that pages of ours and pandas give a look to. Any other could be one of the page's own, which covers or hides.
_CLASSES = frozenset({"verdict", "dataframe"})
_STYLE_NAMES = (
    "background background-color border border-bottom border-collapse border-color border-left border-radius border-right "
    "border-style border-top border-width color display flex-wrap font-family font-size font-style font-weight gap height "
    "image-rendering line-height list-style-type margin margin-bottom margin-left margin-right margin-top max-width opacity "
    "padding padding-bottom padding-left padding-right padding-top text-align text-decoration text-transform "
    "vertical-align white-space width"
)
_STYLES = frozenset(_STYLE_NAMES.split())
#: A value that could load something, leave its place or hide what it is: functions other than colours, escapes, a minus.
_ODD_VALUE = re.compile(r"(?<!rgb)(?<!rgba)(?<!hsl)(?<!hsla)\(|[\\@<>]|//|-[\d.]")
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*")
_STAND_IN = re.compile(r"data:image/png;base64,#([0-9]+)#")
#: The tags that HTML calls formatting elements, with anything between name and end.
_STYLED = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[^a-z0-9>]", re.IGNORECASE)


def clean_html(page: str) -> str:
    """A fragment of HTML without scripts, forms, frames, addresses that load, and whatever else acts.

    Pictures stay where they are data; links to http, https and mailto stay. Cleaning again changes nothing. What is too
    large or too tangled to be cleaned comes back as its source, to be read and not rendered; see `as_source`.
    """
    if "data:image/" in page:
        return _clean_around_pictures(page)
    return _CLEANER.clean(page) if _is_bounded(page) else as_source(page)


def as_source(text: str) -> str:
    """A text of any kind as HTML that shows it letter by letter, cut at MAX_SHOWN characters."""
    cut = f"\n[{len(text) - MAX_SHOWN} more characters]" if len(text) > MAX_SHOWN else ""
    return f"<pre>{html.escape(text[:MAX_SHOWN], quote=False)}{cut}</pre>"


def _clean_around_pictures(page: str) -> str:
    """Clean with a number in each picture's place: megabytes of its letters need no parser, and could confuse one."""
    pictures: list[str] = []

    def take(found: re.Match) -> str:
        pictures.append(found[0])
        return f"data:image/png;base64,#{len(pictures) - 1}#"

    bare = _PICTURE.sub(take, _STAND_IN.sub("", page))
    if not _is_bounded(bare) or sum(map(len, pictures)) > MAX_PICTURES:
        return as_source(_STAND_IN.sub("[a picture]", bare))
    return _STAND_IN.sub(lambda found: pictures[int(found[1])], _CLEANER.clean(bare))


def _is_bounded(page: str) -> bool:
    if len(page) > MAX_MARKUP or page.count("<") > MAX_TAGS:
        return False
    if len(page) > MAX_WORDS and len(set(re.split(r"[\s/>=]+", page.lower()))) > MAX_WORDS:
        return False
    return sum(1 for _ in _STYLED.finditer(page)) <= MAX_STYLED


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    """An attribute's value as it may stay, or None for none."""
    if name == "class":
        return " ".join(word for word in value.split() if word in _CLASSES) or None
    if name == "style":
        return _keep_style(value)
    if name == "src":
        return value if _STAND_IN.fullmatch(value) else None
    if name == "href":
        return None if value.lstrip().lower().startswith("data:") else value
    if name in ("width", "height", "colspan", "rowspan"):
        return value if value.isascii() and value.isdigit() and len(value) <= 4 else None
    return value


def _keep_style(value: str) -> str | None:
    kept = []
    for part in value.split(";") if len(value) <= MAX_STYLE else ():
        name, _, said = (piece.strip() for piece in part.partition(":"))
        if name.lower() in _STYLES and said and not _ODD_VALUE.search(said.lower()):
            kept.append(f"{name}:{said}")
    return ";".join(kept) or None


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes=_ATTRIBUTES,
    attribute_filter=_keep_attribute,
    url_schemes={"http", "https", "mailto", "data"},
    url_relative="deny",
)
