"""From the sources to pages: Sphinx makes them, nothing may leak, and only then they take the place of those before."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from autograder.course import KIT
from autograder.edition.colab import Repository
from autograder.site.leaks import require_no_leak
from autograder.site.sources import gather
from course_utils import files
from course_utils.refused import PROJECT, Refused

NEEDED = ("sphinx", "myst_nb", "sphinx_book_theme")
#: Sphinx writes it into each site that it makes: a folder with it may be made anew.
MARK = ".buildinfo"


def make_site(
    units: list[str],
    folder: Path,
    repository: Repository | None = None,
    edition: Repository | None = None,
    hub: str = "",
) -> Path:
    """Write the site of these units into `folder` and return its first page; the rest as for `gather`.

    Raises Refused, and leaves the folder as it was, where a package is missing, the folder holds something else, a link leads
    nowhere (Sphinx names it), or a page shows what learners must not see.
    """
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise Refused(f"the site needs {', '.join(missing)}, which is not installed: pip install '{PROJECT}[site]'")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())) and not (folder / MARK).is_file():
        raise Refused(f"{folder} is there and holds no site: move it away, or name another place with --folder")
    with tempfile.TemporaryDirectory(prefix="course-site-") as place:
        sources, made = Path(place, "sources"), Path(place, "pages")
        for path, data in gather(units, repository, edition, hub).items():
            files.write(sources / path, data)
        _run_sphinx(sources, made, Path(place, "doctrees"))
        require_no_leak(made, units)
        _put(made, folder)
    return folder / "index.html"


def _put(made: Path, folder: Path) -> None:
    """Copy the pages beside the folder first: whoever interrupts that still has the whole site of before."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(made, partial)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def _run_sphinx(sources: Path, made: Path, doctrees: Path) -> None:
    """Every warning is an error, since most of them are links that lead nowhere. Sphinx shows how far it is."""
    words = ["-b", "html", "-W", "--keep-going", "-d", str(doctrees), str(sources), str(made)]
    paths = os.pathsep.join(filter(None, [str(KIT), os.environ.get("PYTHONPATH", "")]))
    if subprocess.run([sys.executable, "-m", "sphinx", *words], env={**os.environ, "PYTHONPATH": paths}).returncode:
        raise Refused("Sphinx has refused the site: each WARNING above names a page and what is wrong in it")
