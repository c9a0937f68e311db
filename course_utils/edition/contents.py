"""What an edition consists of: `edition.json` lists every file with its sha256, and says where newer editions are to be had."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from course_utils.course import this_course
from course_utils.files import digest
from course_utils.limits import MAX_FILE_NAME, MAX_PATH
from course_utils.refused import Refused
from course_utils.terminal import UNSEEN

COURSE = this_course().slug
LIST = "edition.json"
FORMAT = 1
NOTEBOOKS = "notebooks/"
OURS = (".git", ".venv")  # folders of a learner's machine, of which no edition has a part
#: Names that are devices to Windows, whatever the ending and the case.
DEVICE = r"con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9\u00b9\u00b2\u00b3]"
#: Holds the notebooks as released, to tell work from none and to put one back; its paths are those of the notebooks.
RELEASED = ".released/"
ABOUT = "What this edition of the course consists of (path: sha256), for `course.py update` and `course.py reset`. Leave it as it is."


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


def parse(text: bytes, place: str) -> Edition:
    """The edition that an edition.json at `place` describes. Raises EditionError for anything else."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise EditionError(f"{place} is damaged: it is not JSON") from None
    if not isinstance(told, dict) or told.get("course") != COURSE:
        raise EditionError(f"{place} is not that of an edition of {COURSE}")
    if told.get("format") != FORMAT:
        raise EditionError(f"{place} has format {told.get('format')!r}; this helper reads {FORMAT}: get the zip again")
    files, address = told.get("files"), told.get("address")
    if not isinstance(files, dict) or not isinstance(address, str) or not files:
        raise EditionError(f"{place} is damaged: it lists no files")
    if odd := odd_path(files):
        raise EditionError(f"{place} lists {odd}: nothing was taken")
    for path, sha256 in files.items():
        if not isinstance(sha256, str) or not re.fullmatch("[0-9a-f]{64}", sha256):
            raise EditionError(f"{place} is damaged: no sha256 for {path!r}")
    edition = Edition(files, address)
    if told.get("version") != edition.version:
        raise EditionError(f"{place} is damaged: its version does not follow from its files")
    return edition


def odd_path(paths: Collection[str]) -> str:
    """Which of an edition's paths cannot be taken on every system that learners have, and why; "" where all can."""
    unsafe = ((path, _why_unsafe(path)) for path in paths)
    return next((f"{path[:200]!r}, which {why}" for path, why in unsafe if why), "") or _why_not_together(paths)


def _why_unsafe(path: str) -> str:
    """Why a path may not be taken: it leaves the folder that it is taken from, on some system, or is another there."""
    if len(path) > MAX_PATH:
        return f"is longer than {MAX_PATH} characters"
    parts = path.split("/")
    odd = any(part in ("", ".", "..") or re.search(r'[\\:*?"<>|\x00-\x1f]', part) for part in parts)
    ours = _same_name(parts[0]) in OURS or _same_name(path) == LIST
    if odd or ours or any(re.fullmatch(r"\.git|git~\d+", _same_name(part)) for part in parts):
        return "does not stay in the course's folder"
    return next(filter(None, map(_why_not_everywhere, parts)), "")


def _why_not_everywhere(name: str) -> str:
    """Why a file cannot be called so on every system that learners unpack an edition on."""
    if name != name.rstrip(". "):
        return "ends with a dot or a space, which Windows leaves out"
    if re.fullmatch(DEVICE, name.partition(".")[0].rstrip(), re.IGNORECASE):
        return "is a device to Windows, not a file"
    if any(unicodedata.category(c) in UNSEEN for c in name):
        return "has characters that nobody sees, and that macOS leaves out"
    return f"has a name of more than {MAX_FILE_NAME} bytes" if len(name.encode()) > MAX_FILE_NAME else ""


def _why_not_together(paths: Iterable[str]) -> str:
    """Which two paths cannot be in one folder: equal but for case or Unicode's form, or a file where a folder must be."""
    called: dict[str, str] = {}
    for path in paths:
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            begin = "/".join(parts[:end])
            if called.setdefault(_same_name(begin), begin) != begin:
                return f"{called[_same_name(begin)]!r} and {begin!r}, which Windows and macOS take for one name"
    folders = {path[:at] for path in paths for at, c in enumerate(path) if c == "/"}
    clash = next((path for path in paths if path in folders), "")
    return f"{clash!r} as a file and as a folder" if clash else ""


def _same_name(path: str) -> str:
    """What is equal for two paths that a system may take for one: without case, composed, without what nobody sees."""
    seen = "".join(c for c in path if unicodedata.category(c) not in UNSEEN)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", seen).casefold())


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
        f"{root} is not an edition of the course (it has no {LIST}): unpack the course's zip, and run it there"
    )


def find_unit(text: str, units: list[str]) -> str:
    """The unit that `text` means: "02_convolution_and_pooling", or the beginning of it, as "02" or "2". Raises EditionError."""
    text = text.strip().rstrip("/").removesuffix(".ipynb").rpartition("/")[2]
    begin = text.zfill(2) if text.isdigit() else text
    found = [unit for unit in units if unit == begin] or [unit for unit in units if begin and unit.startswith(begin)]
    if len(found) != 1:
        what = f"no unit {text!r}" if text else "no unit named"
        raise EditionError(
            f"{what}: say, for example, python course.py reset 02; there are: {', '.join(units) or 'none'}"
        )
    return found[0]
