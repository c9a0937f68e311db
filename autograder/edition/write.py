"""Write the edition: a folder to look at and publish from, and a zip that has the same bytes whenever its files have."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from autograder.common.keep import KEPT, write_made
from autograder.course import SECRET
from autograder.edition import colab
from autograder.edition.contents import gather, links_to_absent
from autograder.edition.current import require_current
from course_utils import files
from course_utils.edition.contents import COURSE, LIST, Edition, EditionError, odd_path, parse
from course_utils.edition.notebooks import sources

TIME = (2020, 1, 1, 0, 0, 0)  # of every entry of the zip
#: What is made in the edition's folder by using it; it is neither removed nor published.
MADE_BY_USE = {
    *(".git", ".venv", "__pycache__", ".ipynb_checkpoints", "cache", "kept"),
    *("start.ipynb", "progress.json", ".progress.json.lock"),
}


def release(units: list[str], folder: Path, address: str = "", repository: str = "") -> list[str]:
    """Write the learner's edition with these units into `folder`; returns what to say of it, a line each.

    Raises EditionError or BadLesson, with nothing written, for a unit that is stale or would show a solution.
    """
    units = sorted(set(units))
    place = colab.parse_repository(repository) if repository else None
    for unit in units:
        require_current(unit)
    contents = gather(units, place, address)
    _require_no_secret(contents)
    if odd := odd_path(contents):
        raise EditionError(
            f"no learner could take this edition: it would have {odd}. Rename it where it comes from, and build anew"
        )
    edition = Edition({path: files.digest(data) for path, data in contents.items()}, address)
    kept = _write_folder(folder / COURSE, contents, edition)
    archive = folder / f"{COURSE}.zip"
    write_made(archive, as_zip(contents, edition), folder, is_ours=_is_edition)
    size = f"{len(units)} unit{'s' * (len(units) != 1)}, {len(contents)} files, {archive.stat().st_size / 1e6:.1f} MB"
    lines = [f"edition {edition.version} ({size}): {folder / COURSE} and {archive.name} beside it"]
    lines += [f"note: {len(kept)} files of it had been changed by hand; they are kept in {folder / KEPT}"] * bool(kept)
    if absent := links_to_absent(contents):
        whence = ", ".join(Path(path).stem for path in absent)
        whither = ", ".join(sorted({Path(target).stem for targets in absent.values() for target in targets}))
        lines.append(f"note: this edition leaves out {whither}, to which there are links in {whence}")
    return [*lines, *_how_to_publish(folder, edition, archive, place)]


def as_zip(contents: dict[str, bytes], edition: Edition) -> bytes:
    """The edition as a zip with one folder in it; its list comes last, so that where it is, all is."""
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in [*sorted(contents.items()), (LIST, edition.as_json())]:
            entry = zipfile.ZipInfo(f"{COURSE}/{path}", TIME)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return told.getvalue()


def _is_edition(data: bytes) -> bool:
    """Whether this is a zip of an edition, which a release may replace."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return f"{COURSE}/{LIST}" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _require_no_secret(contents: dict[str, bytes]) -> None:
    """The rules of `gather` take none; this says so of the bytes."""
    secret = SECRET.read_bytes().strip() if SECRET.is_file() else b""
    for path, data in contents.items():
        if secret and secret in data:
            raise EditionError(f"{path} holds the course's secret, from which hidden probes are drawn: take it out")
        if path.endswith(".py") and (b"\nfrom autograder" in data or b"\nimport autograder" in data):
            raise EditionError(f"{path} imports autograder, which no learner has: the helper must do without")


def _write_folder(folder: Path, contents: dict[str, bytes], edition: Edition) -> list[Path]:
    """Make the folder hold the edition and nothing else, apart from what using it has made there.

    Returns copies of what someone had changed in it.

    Raises EditionError, with nothing written, where it holds files that no release has put there.
    """
    before = parse((folder / LIST).read_bytes(), str(folder / LIST)) if (folder / LIST).is_file() else None
    known = {*contents, *(before.files if before else ()), LIST}
    there = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    strange = [path for path in there if path not in known and not MADE_BY_USE & set(path.split("/"))]
    if strange:
        raise EditionError(
            f"{folder} holds {strange[0]}{f' and {len(strange) - 1} more' * (len(strange) > 1)}, not of the edition: "
            "move that away, or name another place with --folder"
        )
    kept = _keep_changed(folder, there, contents, before)
    for path in there.keys() & known - contents.keys() - {LIST}:
        there[path].unlink()
    for path, data in [*contents.items(), (LIST, edition.as_json())]:
        files.write_changed(folder / path, data)
    return kept


def _keep_changed(
    folder: Path, there: dict[str, Path], contents: dict[str, bytes], before: Edition | None
) -> list[Path]:
    """Copy what someone has changed in an edition's folder into kept/ beside it; a notebook that was only run is not changed."""
    kept = []
    for path in sorted(there.keys() - {LIST}):
        data = there[path].read_bytes()
        was = before.files.get(path) if before else None
        if MADE_BY_USE & set(path.split("/")) or data == contents.get(path) or files.digest(data) == was:
            continue
        written = sources(data)
        if path.endswith(".ipynb") and written is not None and written == sources(contents.get(path)):
            continue
        kept.append(files.write_new(folder.parent / KEPT / path, data))
    return kept


def _how_to_publish(folder: Path, edition: Edition, archive: Path, repository: colab.Repository | None) -> list[str]:
    where = f"at {edition.address}" if edition.address.startswith("http") else "on a web address, or in your LMS"
    if repository:
        push = f"git push https://github.com/{repository.owner}/{repository.name} HEAD:{repository.branch}"
    else:
        push = (
            "git push YOUR-REPOSITORY HEAD:main (with --colab https://github.com/OWNER/NAME its README has the links)"
        )
    commit = f'git init -q -b main && git add -A && git commit -m "Edition {edition.version}"'
    return [
        f"as a zip: put {archive} {where}; learners unpack it and run `python course.py lab`"
        + (
            ""
            if edition.address
            else " (with --address HTTP-ADDRESS-OF-THE-ZIP `python course.py update` finds newer ones)"
        ),
        f"as a git repository, for Binder and Colab: cd {folder / COURSE} && {commit} && {push}",
        f"on a JupyterHub: `autograder hub --exchange DIR --course-at {folder}` writes its settings, where learners can "
        f"read {folder}; docs/jupyterhub.md says the rest",
    ]
