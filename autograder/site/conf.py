"""Sphinx's settings for the site (https://www.sphinx-doc.org/en/master/usage/configuration.html); Sphinx reads it among its sources."""

import json
from pathlib import Path
from typing import Any

_TOLD = json.loads((Path(__file__).parent / "site.json").read_text(encoding="utf-8"))
_EDITION = _TOLD["edition"]

project = html_title = _TOLD["title"]
author = _TOLD["author"]
language = "en"
extensions = ["myst_nb", "autograder.site.extension"]

nb_execution_mode = "off"  # the lessons are executed already
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
# The texts are written for JupyterLab and GitHub, where these are plain text.
myst_disable_syntax = ["myst_line_comment", "myst_block_break", "myst_role"]
# What cannot be shown stands beside what can.
suppress_warnings = ["mystnb.unknown_mime_type"]
myst_html_meta = {"description": _TOLD["words"]}

html_theme = "sphinx_book_theme"
html_theme_options: dict[str, Any] = {
    "show_toc_level": 2,
    "home_page_in_toc": True,
    "use_download_button": False,
    "navbar_persistent": [],  # the search stands in the sidebar
}
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_copy_source = html_show_sourcelink = False  # a page is to be read; the notebook to work in is the release's
html_show_copyright = html_show_sphinx = False

if _EDITION:
    html_theme_options |= {
        "repository_provider": "github",
        "repository_url": _EDITION["address"],
        "repository_branch": _EDITION["branch"],
        "launch_buttons": {
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
            "jupyterhub_url": _EDITION["hub"],
        },
    }
    colab_notebooks = _EDITION["colab"]
