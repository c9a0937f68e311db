"""Get an edition: from a folder, a zip file, or an http(s) address of one. Every file is verified before any is used."""

from __future__ import annotations

import http.client
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

from course_utils.edition.contents import LIST, Edition, EditionError, parse
from course_utils.files import digest
from course_utils.limits import MAX_EDITION, SILENCE_SECONDS


def fetch(address: str, root: Path) -> tuple[Edition, dict[str, bytes]]:
    """The edition at `address`, and the bytes of each of its files. A relative path is one from `root`.

    Raises EditionError where there is none, or where a file is missing or is not the listed one.
    """
    if address.startswith(("http://", "https://")):
        with tempfile.TemporaryDirectory(prefix="course_edition_") as folder:
            path = Path(folder) / "edition.zip"
            _download(address, path)
            return _from_zip(path, address)
    path = root / Path(address).expanduser()
    if path.is_dir():
        return _from_folder(path)
    if path.is_file():
        return _from_zip(path, str(path))
    raise EditionError(f"there is no {path}: set COURSE_EDITION to the folder, zip or http address of the new edition")


def _download(address: str, path: Path) -> None:
    try:
        import pooch  # noqa: F401  (what downloads data sets needs it)
    except ImportError:
        _download_plainly(address, path)
        return
    from course_utils.data.cache import SourceFailed
    from course_utils.data.transport import download

    try:
        with path.open("wb") as file:
            download(address, file)
    except SourceFailed as error:
        raise EditionError(f"{address}: {error}. Nothing was changed; try again later") from None


def _download_plainly(address: str, path: Path) -> None:
    """By the standard library alone: an environment that is broken, or not made yet, can get a newer edition all the same."""
    print(f"Fetching {address}", flush=True)
    try:
        with urllib.request.urlopen(address, timeout=SILENCE_SECONDS) as answer, path.open("wb") as file:
            while block := answer.read(2**16):
                file.write(block)
                if file.tell() > MAX_EDITION:
                    raise EditionError(
                        f"{address} gives more than {MAX_EDITION} bytes, which no edition has: nothing was changed"
                    )
    except urllib.error.HTTPError as error:
        reason = f"the server answered {error.code}"
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        reason = f"no connection ({getattr(error, 'reason', error)})"
    else:
        return
    raise EditionError(f"{address}: {reason}. Nothing was changed; try again later")


def _from_folder(folder: Path) -> tuple[Edition, dict[str, bytes]]:
    if not (folder / LIST).is_file():
        raise EditionError(f"{folder} is not an edition of the course: it has no {LIST}")
    edition = parse((folder / LIST).read_bytes(), str(folder / LIST))

    def read(path: str) -> bytes:
        try:
            return (folder / path).read_bytes()
        except OSError:
            raise EditionError(f"{folder} lacks {path}, which its {LIST} lists: nothing was changed") from None

    return edition, _verified(edition, read, str(folder))


def _from_zip(path: Path, place: str) -> tuple[Edition, dict[str, bytes]]:
    """Read by name just what is listed, so that no entry of the archive decides where anything is written."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            if sum(entry.file_size for entry in entries.values()) > MAX_EDITION:
                raise EditionError(f"{place} would unpack to more than {MAX_EDITION >> 20} MB: that is not an edition")
            # in the archive's own folder, or in the one folder that it has (a repository's zip names that as it likes)
            lists = [name for name in entries if name == LIST or (name.endswith(f"/{LIST}") and name.count("/") == 1)]
            if len(lists) != 1:
                raise EditionError(f"{place} is not an edition of the course: it has no {LIST}")
            top = lists[0].removesuffix(LIST)

            def read(name: str) -> bytes:
                if top + name not in entries:
                    raise EditionError(f"{place} lacks {name}, which its {LIST} lists: nothing was changed")
                return archive.read(top + name)

            edition = parse(read(LIST), f"{place}: {LIST}")
            return edition, _verified(edition, read, place)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        words = "it was cut short or is something else" if isinstance(error, zipfile.BadZipFile) else str(error)
        raise EditionError(f"{place} cannot be read as a zip ({words}): nothing was changed") from None


def _verified(edition: Edition, read: Callable[[str], bytes], place: str) -> dict[str, bytes]:
    contents = {path: read(path) for path in edition.files}
    for path, data in contents.items():
        if digest(data) != edition.files[path]:
            raise EditionError(f"{place}: {path} is not the file that {LIST} lists: nothing was changed")
    return contents
