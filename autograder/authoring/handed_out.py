"""Whether learners may have a unit's notebook already: then a change of its exercises' names needs an answer, and else it needs none."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from autograder.exercise import BadExercise, Exercise


def check_names(
    exercises: dict[str, Exercise], before: list[str], handed_out: Callable[[], bool] = lambda: True
) -> None:
    """Ask for `renamed_from` where an exercise of the notebook before is gone and another has come. Raises BadExercise, all at once.

    Who handed in the one would lose its points, unless grading knows that the other is the same. Where `handed_out` says that
    nobody has got the notebook, as while a new unit is written, nothing is asked.
    """
    known = {one.renamed_from for one in exercises.values()}
    gone = [id for id in before if id not in exercises and id not in known]
    new = [one for id, one in exercises.items() if id not in before and one.renamed_from is None]
    if gone and new and handed_out():
        are_gone = f"{', '.join(gone)} of the notebook before {'is' if len(gone) == 1 else 'are'} gone"
        raise BadExercise(
            *(
                f"{one.place}: it is new, and {are_gone}. If it is the same exercise by "
                f'another name, write renamed_from="{gone[0]}" in its declaration, so that what was handed in keeps its points; '
                'if it is another one, renamed_from=""'
                for one in new
            )
        )


def may_be_handed_out(root: Path, unit: str) -> bool:
    """Whether the course in `root` has a unit's notebook committed, in an edition, in its gradebook or handed in.

    Where this cannot be told, outside a git repository and in a gradebook that cannot be read, it may be.
    """
    committed = _is_committed(root, f"notebooks/{unit}")
    return (
        committed is None
        or committed
        or any(root.glob(f"dist/*/notebooks/{unit}"))
        or any(root.glob(f"submitted/*/{unit}"))
        or _is_in_gradebook(root, unit)
    )


def _is_committed(root: Path, path: str) -> bool | None:
    """Whether the last commit has a path; None where there is no git, or no repository."""
    try:
        inside = subprocess.run(["git", "rev-parse", "--git-dir"], cwd=root, capture_output=True, check=False)
        if inside.returncode:
            return None
        return not subprocess.run(
            ["git", "cat-file", "-e", f"HEAD:./{path}"], cwd=root, capture_output=True, check=False
        ).returncode
    except FileNotFoundError:
        return None


def _is_in_gradebook(root: Path, unit: str) -> bool:
    """Whether nbgrader has made the unit an assignment. A gradebook that is not there is not made."""
    from nbgrader.api import Gradebook
    from traitlets.config.loader import Config, PyFileConfigLoader

    config = (
        PyFileConfigLoader("nbgrader_config.py", str(root)).load_config()
        if (root / "nbgrader_config.py").exists()
        else Config()
    )
    address = config.CourseDirectory.get("db_url") or f"sqlite:///{root / 'gradebook.db'}"
    if address.startswith("sqlite:///") and not Path(address.removeprefix("sqlite:///")).exists():
        return False
    try:
        with Gradebook(address) as gradebook:
            return any(one.name == unit for one in gradebook.assignments)
    except Exception:  # no server, no right to read, an older schema: each database says it in an error of its own
        return True
