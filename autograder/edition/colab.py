"""Variants of the notebooks for Google Colab: one first cell gets the helper, the examples and the list of data sets."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from autograder.course import COURSE
from course_utils.edition.contents import NOTEBOOKS, EditionError

FOLDER = "colab/"
#: Does nothing where the helper is at hand, as in JupyterLab and when the notebook is graded. edition.json is the last file
#: of the zip: where it is, all are.
CELL = """\
# On Colab: gets the course's helper, its examples and its list of data sets. Run this cell first.
import sys
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZipFile

if find_spec("course_utils") is None:
    home = Path("{slug}")
    if not list(home.glob("*/edition.json")):
        ZipFile(BytesIO(urlopen("{address}").read())).extractall(home)
    sys.path.insert(0, str(next(home.glob("*/edition.json")).parent.resolve()))
    %pip install -q filelock platformdirs pooch tqdm"""
BADGE = "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({address})"


@dataclass(frozen=True)
class Repository:
    """A branch of a GitHub repository, where the edition will lie: what Colab and Binder open."""

    owner: str
    name: str
    branch: str = "main"

    @property
    def zip_address(self) -> str:
        """Where GitHub gives the branch as a zip."""
        return f"https://github.com/{self.owner}/{self.name}/archive/refs/heads/{self.branch}.zip"

    @property
    def binder(self) -> str:
        """Where Binder opens it."""
        return f"https://mybinder.org/v2/gh/{self.owner}/{self.name}/{self.branch}?urlpath=lab"

    def page(self, path: str) -> str:
        """Where GitHub shows a file or a folder of it."""
        return f"https://github.com/{self.owner}/{self.name}/blob/{self.branch}/{path}"

    def colab(self, unit: str) -> str:
        """Where Colab opens the variant of a unit's notebook."""
        path = f"{self.owner}/{self.name}/blob/{self.branch}/{FOLDER}{unit}.ipynb"
        return f"https://colab.research.google.com/github/{path}"


def parse_repository(address: str) -> Repository:
    """https://github.com/OWNER/NAME, or .../tree/BRANCH of it. Raises EditionError for anything else."""
    found = re.fullmatch(
        r"https://github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?(?:/tree/([\w./-]+?))?/?", address.strip(), re.ASCII
    )
    if not found:
        raise EditionError(f"Colab opens notebooks from https://github.com/OWNER/NAME[/tree/BRANCH]; found {address!r}")
    return Repository(found[1], found[2], found[3] or "main")


def variants(units: list[str], files: dict[str, bytes], repository: Repository, address: str) -> dict[str, bytes]:
    """colab/UNIT.ipynb for each unit: a badge, the first cell, and the notebook with its links to others led to Colab."""
    return {
        f"{FOLDER}{unit}.ipynb": _variant(unit, units, files[f"{NOTEBOOKS}{unit}/{unit}.ipynb"], repository, address)
        for unit in units
    }


def _variant(unit: str, units: list[str], text: bytes, repository: Repository, address: str) -> bytes:
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = [_relink(line, units, repository) for line in _lines(cell["source"])]
    badge = {
        "cell_type": "markdown",
        "id": "open-in-colab",
        "metadata": {},
        "source": [BADGE.format(address=repository.colab(unit))],
    }
    first: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "id": "for-colab",
        "metadata": {},
        "outputs": [],
        "source": CELL.format(address=address, slug=COURSE.slug).splitlines(keepends=True),
    }
    notebook["cells"] = [badge, first, *notebook["cells"]]
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def _lines(source: str | list[str]) -> list[str]:
    return source.splitlines(keepends=True) if isinstance(source, str) else source


def _relink(line: str, units: list[str], repository: Repository) -> str:
    def lead(found: re.Match) -> str:
        return f"]({repository.colab(found[1])})" if found[1] in units else found[0]

    line = re.sub(r"\]\(\.\./(\w+)/\1\.ipynb\)", lead, line)
    return re.sub(r"\]\(\.\./(\w+\.md)", rf"]({repository.page(NOTEBOOKS)}\1", line)


def readme_lines(units: list[str], repository: Repository) -> str:
    """How to open the edition without installing anything, for its README."""
    badges = "\n".join(f"- {unit[:2]} {BADGE.format(address=repository.colab(unit))}" for unit in units)
    return f"""
**Nothing to install.** [Open it all on Binder]({repository.binder}): a few minutes to start; what you do there is gone when
you leave, so download your notebooks. Or open one unit on Google Colab and run its first cell first:

{badges}
"""
