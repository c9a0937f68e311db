"""Put one notebook back as it was released, and keep the old one beside it."""

from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path

from course_utils import files
from course_utils.edition.contents import LIST, NOTEBOOKS, RELEASED, EditionError, find_unit, read_edition


def reset(root: Path, text: str) -> list[str]:
    """Put the notebook of the unit that `text` means ("02") back; returns what was done, a line each.

    Raises EditionError where there is no such unit, or no copy of it as released.
    """
    unit, data = (_from_edition if (root / LIST).is_file() else _from_clone)(root, text)
    path = root / NOTEBOOKS / unit / f"{unit}.ipynb"
    mine = files.read(path)
    if mine == data:
        return [f"{path.name} is as it was released: nothing to do."]
    lines = [f"{path.name} is as it was released. Is it open? Reload it (File > Reload Notebook from Disk)."]
    if mine is not None:
        now = datetime.now().strftime("%Y-%m-%d_%H%M")
        kept = files.write_new(path.with_name(f"{unit}_before_reset_of_{now}.ipynb"), mine)
        lines.append(f"The old one is beside it: {kept.relative_to(root).as_posix()}")
    files.write(path, data)
    return lines


def _from_edition(root: Path, text: str) -> tuple[str, bytes]:
    edition = read_edition(root)
    kept = {path.parent.name for path in (root / RELEASED / NOTEBOOKS).glob("*/*.ipynb")}  # units withdrawn since too
    unit = find_unit(text, sorted({*edition.units, *kept}))
    path = f"{RELEASED}{NOTEBOOKS}{unit}/{unit}.ipynb"
    data = files.read(root / path)
    if data is None or files.digest(data) != edition.files.get(path, files.digest(data)):
        raise EditionError(
            f"{root / path} is {'missing' if data is None else 'damaged'}: `python course.py update` brings it again"
        )
    return unit, data


def _from_clone(root: Path, text: str) -> tuple[str, bytes]:
    """The notebook as git has it in the last commit."""
    if not (root / "lessons").is_dir():
        read_edition(root)  # says what this folder is not
    paths = _git(root, "ls-tree", "-r", "--name-only", "HEAD", NOTEBOOKS).decode().splitlines()
    unit = find_unit(text, sorted({Path(path).stem for path in paths if path.endswith(".ipynb")}))
    return unit, _git(root, "show", f"HEAD:{NOTEBOOKS}{unit}/{unit}.ipynb")


def _git(root: Path, *arguments: str) -> bytes:
    try:
        return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise EditionError("the released notebook is in git's history, and there is no git here: install git") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise EditionError(
            f"git cannot give the released notebook ({said[0] if said else 'no reason given'}): "
            f"get a fresh copy of the course, or run `git -C {root} status`"
        ) from None
