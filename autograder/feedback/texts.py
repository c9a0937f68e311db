"""Code as HTML, coloured where that takes no longer than it should.

The lexer was chosen because its time grows with the length of a text and not with its square, whatever the text is; what is
left of that kind grows with the length of a line. So a long text or line is shown plain.
"""

from __future__ import annotations

import html

from autograder.limits import MAX_CODE, MAX_COLOURED, MAX_LINE


def code_as_html(source: str) -> str:
    """A cell's source, coloured as Python in the classes of Pygments; plain where it is long."""
    cut = f"\n[{len(source) - MAX_CODE} more characters]" if len(source) > MAX_CODE else ""
    source = source[:MAX_CODE]
    if cut or len(source) > MAX_COLOURED or max(map(len, source.split("\n"))) > MAX_LINE:
        inner = html.escape(source, quote=False)
    else:
        inner = _colour(source)
    return f'<div class="highlight"><pre>{inner}{cut}</pre></div>'


def _colour(source: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer  # IPython's takes the square of a line's length for a name with many dots

    return highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
