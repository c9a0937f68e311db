"""What a learner wrote or displayed, made into HTML of which a browser shows all and runs, fetches and follows nothing.

`clean_html` is for HTML, `markdown_html` for Markdown, `clean_bundle` for a rich output, `clean_metadata` for what a
notebook says of itself. Each takes time in proportion to its input, whatever the input is.
"""

from autograder.cleaning.markdown import markdown_html
from autograder.cleaning.outputs import clean_bundle, clean_metadata
from autograder.cleaning.page import Room, as_source, clean_html

__all__ = ["Room", "as_source", "clean_bundle", "clean_html", "clean_metadata", "markdown_html"]
