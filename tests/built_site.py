"""The site of all units, for the tests that look at it: by reading it, and in a browser. (`site` in tests/conftest.py has it made once.)"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from autograder.authoring.lesson import lesson_units
from autograder.edition.colab import Repository
from autograder.site.make import NEEDED, make_site

REPOSITORY = Repository("a-school", "course")
EDITION = Repository("a-school", "edition", "spring")
HUB = "https://hub.school.example"

needs_sphinx = pytest.mark.skipif(
    any(find_spec(name) is None for name in NEEDED),
    reason="Sphinx is not here (pip install 'pixels-to-paragraphs[site]')",
)


def build(folder: Path) -> Path:
    """Make the site of all units in a new folder, and return it; a quarter of a minute."""
    return make_site(lesson_units(), folder / "site", REPOSITORY, EDITION, HUB).parent
