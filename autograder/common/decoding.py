"""Text from bytes that some program wrote: Unicode in any of its forms is read, and what is not Unicode is said to be none."""

from __future__ import annotations

import codecs

#: Marks at the beginning of a file, and what they say; those of UTF-32 begin as those of UTF-16 do.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def unicode_form(data: bytes) -> str:
    """The form of Unicode that bytes claim to be in: by their mark, by NULs beside every letter, or else UTF-8."""
    for mark, form in MARKS:
        if data.startswith(mark):
            return form
    begin = data[:200]
    if len(begin) > 3 and begin[1::2].count(0) > 0.2 * len(begin):
        return "utf-16-le"
    if len(begin) > 3 and begin[0::2].count(0) > 0.2 * len(begin):
        return "utf-16-be"
    return "utf-8"


def decode_unicode(data: bytes) -> str:
    """The text of bytes that are Unicode. Raises UnicodeDecodeError for those that are not, or that break off."""
    return data.decode(unicode_form(data))
