"""`autograder worker tcp://...`: the one command of a worker host. Also the whole command line of the worker package."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from course_utils.course import this_course
from course_utils.files import write, write_new
from course_utils.refused import run
from course_utils.terminal import say

#: What a worker keeps where the course's folder is not there: its data sets, in sight of the sandboxes.
DATA_FOLDER = f"~/.local/share/{this_course().slug}"
TENSORFLOW = "units from 05 on need TensorFlow"


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("scheduler")
@click.option("--threads", type=click.IntRange(1, 256), help="Notebooks at a time; one for each core by default.")
@click.option("--require-sandbox", is_flag=True, help="Refuse to start where there is no sandbox.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data sets; COURSE_DATA says it too.")
@click.option("--check", is_flag=True, help="Only say what is missing; exit with 1 if anything is.")
@click.argument("dask_options", nargs=-1, type=click.UNPROCESSED)
def worker(
    scheduler: str, threads: int | None, require_sandbox: bool, data: Path | None, check: bool, dask_options: tuple
) -> None:
    """Run notebooks on this machine for the Dask scheduler at SCHEDULER, e.g. tcp://lab-1:8786.

    What comes after it is handed to `dask worker`: --interface eth0, --tls-ca-file FILE, --name lab-7 ...
    """
    settle_data_folder(data)
    found = missing()
    for line in found.values():
        click.echo(f"autograder: {line}", err=True)
    if check:
        click.echo("nothing is missing" if not found else f"missing: {', '.join(found)}")
        sys.exit(1 if found else 0)
    if "Dask" in found or ("sandbox" in found and require_sandbox):
        sys.exit(2)
    os.execv(sys.executable, command(scheduler, threads, dask_options))


def command(scheduler: str, threads: int | None, dask_options: tuple[str, ...] = ()) -> list[str]:
    """The Dask worker: one process with as many threads as notebooks; Dask's limit of its memory is not theirs."""
    from autograder.engine.run.runner import default_jobs

    settings = [
        "--nworkers",
        "1",
        "--nthreads",
        str(threads or default_jobs()),
        "--memory-limit",
        "0",
        "--no-dashboard",
    ]
    return [sys.executable, "-m", "distributed.cli.dask_worker", scheduler, *settings, *dask_options]


def settle_data_folder(data: Path | None = None) -> None:
    """Have COURSE_DATA name a folder with a manifest, for everything that is started from here."""
    chosen = data or (Path(os.environ["COURSE_DATA"]) if os.environ.get("COURSE_DATA") else None)
    packed = Path(__file__).resolve().parents[2] / "data"
    if chosen is None:
        if not packed.is_dir():  # the whole course: its data/ is beside the packages
            return
        chosen = Path(DATA_FOLDER)
    chosen = chosen.expanduser().absolute()
    chosen.mkdir(parents=True, exist_ok=True)
    for path in sorted(packed.rglob("*")) if packed.is_dir() else ():
        target = chosen / path.relative_to(packed)
        if path.is_file() and (not target.exists() or target.read_bytes() != path.read_bytes()):
            if target.exists():  # of an older package, or edited here
                write_new(target.with_name(f"{target.name}.orig"), target.read_bytes())
            write(target, path.read_bytes())
    os.environ["COURSE_DATA"] = str(chosen)


def missing() -> dict[str, str]:
    """What this host lacks: name -> a line on what follows and what to do."""
    import importlib.util

    from autograder.engine.cluster import worker as engine
    from course_utils.data import cache, manifest, on_disk

    found = {}
    if importlib.util.find_spec("distributed") is None:
        found["Dask"] = "Dask is missing: pip install distributed"
    for line in engine.lacks()[:1]:
        found["sandbox"] = f"no sandbox: {line}"
    if not engine.version_of("tensorflow"):
        found["TensorFlow"] = f"TensorFlow is missing ({TENSORFLOW}): pip install tensorflow-cpu"
    try:
        absent = [name for name in manifest.read_manifest() if not on_disk.is_here(name)]
    except (manifest.ManifestError, cache.DataUnavailable) as error:
        found["data"] = f"no data: {error}"
    else:
        if absent:
            found["data"] = (
                f"not on this disk yet: {', '.join(absent)}; a unit that reads them fetches them, "
                "or set COURSE_MIRROR, or now: python -m course_utils.data"
            )
    return found


@click.group(help="The worker's part of `autograder`: runs notebooks for a coordinator on another machine.")
def cli() -> None:
    """The group of the worker package's commands."""


cli.add_command(worker)


def run_group(group: click.Group, before: Callable[[], None] = lambda: None) -> int:
    """Run a command line of click's, and `before` it what may refuse it; returns its exit code.

    A refusal is one line, a defect shows its traceback.
    """

    def run_click() -> int:
        before()
        try:
            return group(standalone_mode=False) or 0
        except click.ClickException as error:  # a wrong option: click says how the command is used
            error.show()
            return error.exit_code
        except click.Abort:  # what click makes of Ctrl-C
            raise KeyboardInterrupt from None

    return run(run_click, lambda words: say(f"autograder: {words}", error=True), "stopped")


def main() -> None:
    """Entry point of the worker package."""
    sys.exit(run_group(cli))
