"""What an edition consists of: `edition.json` lists every file with its sha256, and says where newer editions are to be had."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from course_utils.refused import Refused

COURSE = "pixels-to-paragraphs"
LIST = "edition.json"
FORMAT = 1
NOTEBOOKS = "notebooks/"
#: Holds the notebooks as released, to tell work from none and to put one back; its paths are those of the notebooks.
RELEASED = ".released/"
ABOUT = (
    "What this edition of the course consists of (path: sha256), for `make update` and `make reset`. Leave it as it is."
)


class EditionError(Refused):
    """Something about an edition is not as it should be; the message is one line and says what to do."""


@dataclass(frozen=True)
class Edition:
    """One edition: path of each file, with forward slashes, -> sha256 of its bytes; where newer ones are, "" for unknown."""

    files: Mapping[str, str]
    address: str = ""

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that follow from the contents alone."""
        told = json.dumps([FORMAT, self.address, sorted(self.files.items())])
        return digest(told.encode())[:12]

    @property
    def units(self) -> list[str]:
        """The units in it: ["01_containers_and_arrays", ...]."""
        found = (re.fullmatch(r"notebooks/(\d\d_\w+)/\1\.ipynb", path) for path in self.files)
        return sorted(match[1] for match in found if match)

    def as_json(self) -> bytes:
        """The text of edition.json."""
        told = {
            "about": ABOUT,
            "course": COURSE,
            "format": FORMAT,
            "version": self.version,
            "address": self.address,
            "files": dict(sorted(self.files.items())),
        }
        return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()


def digest(data: bytes) -> str:
    """The sha256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def parse(text: bytes, place: str) -> Edition:
    """The edition that an edition.json at `place` describes. Raises EditionError for anything else."""
    try:
        told = json.loads(text)
    except ValueError:
        raise EditionError(f"{place} is damaged: it is no JSON") from None
    if not isinstance(told, dict) or told.get("course") != COURSE:
        raise EditionError(f"{place} is not that of an edition of {COURSE}")
    if told.get("format") != FORMAT:
        raise EditionError(f"{place} has format {told.get('format')!r}; this helper reads {FORMAT}: get the zip anew")
    files, address = told.get("files"), told.get("address")
    if not isinstance(files, dict) or not isinstance(address, str) or not files:
        raise EditionError(f"{place} is damaged: it lists no files")
    for path, sha256 in files.items():
        if not _is_safe(path):
            raise EditionError(f"{place} lists {path!r}, which does not stay in the course's folder: nothing was taken")
        if not isinstance(sha256, str) or not re.fullmatch("[0-9a-f]{64}", sha256):
            raise EditionError(f"{place} is damaged: no sha256 for {path!r}")
    edition = Edition(files, address)
    if told.get("version") != edition.version:
        raise EditionError(f"{place} is damaged: its version does not follow from its files")
    return edition


def _is_safe(path: str) -> bool:
    """Whether a path stays below the folder that it is taken from, on every system, and does not name the list itself."""
    parts = path.split("/")
    odd = any(part in ("", ".", "..") or re.search(r'[\\:*?"<>|\x00-\x1f]', part) for part in parts)
    return not odd and not PurePosixPath(path).is_absolute() and parts[0] not in (".git", ".venv") and path != LIST


def course_folder() -> Path:
    """The folder that this helper lies in."""
    return Path(__file__).resolve().parents[2]


def read_edition(root: Path) -> Edition:
    """The edition whose folder is `root`. Raises EditionError, saying what to do, where `root` is none."""
    path = root / LIST
    if path.is_file():
        return parse(path.read_bytes(), str(path))
    if (root / "lessons").is_dir():
        raise EditionError(
            f"{root} is a clone of the course's repository, not a learner's edition: `git pull` brings what is new"
        )
    raise EditionError(
        f"{root} is no edition of the course (it has no {LIST}): unpack the course's zip, and run it there"
    )


def find_unit(text: str, units: list[str]) -> str:
    """The unit that `text` means: "02_convolution_and_pooling", or the beginning of it, as "02" or "2". Raises EditionError."""
    text = text.strip().rstrip("/").removesuffix(".ipynb").rpartition("/")[2]
    begin = text.zfill(2) if text.isdigit() else text
    found = [unit for unit in units if unit == begin] or [unit for unit in units if begin and unit.startswith(begin)]
    if len(found) != 1:
        what = f"no unit {text!r}" if text else "no unit named"
        raise EditionError(f"{what}: say, for example, make reset UNIT=02; there are: {', '.join(units) or 'none'}")
    return found[0]
