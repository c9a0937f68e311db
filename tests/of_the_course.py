"""Which tests know this course: its lessons, exercises, built files or data. All others are the kit's, whatever the course.

`pytest -m kit` runs those of the kit, `pytest -m course` the others; tests/project/test_kit.py holds that the list is whole. A
course that `autograder init` has begun needs neither: its own tests are `autograder test`.
"""

from __future__ import annotations

from pathlib import PurePosixPath

#: Files, and folders with all that is in them.
OF_THE_COURSE = (
    "solutions",  # notebooks that nbval executes
    "tests/lessons",
    "tests/autograder/authoring/project/test_new_project.py",
    "tests/autograder/authoring/test_banks.py",
    "tests/autograder/authoring/test_build.py",
    "tests/autograder/authoring/test_packing.py",
    "tests/autograder/authoring/test_scaffold.py",
    "tests/autograder/authoring/test_unit_list.py",
    "tests/autograder/authoring/test_wrap.py",
    "tests/autograder/demo",
    "tests/autograder/edition/test_release.py",
    "tests/autograder/engine/test_attacks_table.py",
    "tests/autograder/engine/test_command.py",
    "tests/autograder/engine/test_determinism.py",
    "tests/autograder/engine/test_disk.py",
    "tests/autograder/engine/test_fleet.py",
    "tests/autograder/engine/test_ordinary_user.py",
    "tests/autograder/engine/test_repair.py",
    "tests/autograder/engine/test_same_grades.py",
    "tests/autograder/engine/test_ways_to_define.py",
    "tests/autograder/feedback",
    "tests/autograder/formgrader",
    "tests/autograder/plugins/test_nbgrader.py",
    "tests/autograder/proof",
    "tests/autograder/report/test_leaderboard.py",
    "tests/autograder/site/test_site.py",
    "tests/autograder/term",
    "tests/autograder/test_exercise.py",
    "tests/browser/test_hostile_pages.py",
    "tests/browser/test_hub.py",
    "tests/browser/test_instructor.py",
    "tests/browser/test_recall.py",
    "tests/browser/test_site.py",
    "tests/browser/test_start_page.py",
    "tests/browser/test_units.py",
    "tests/course_utils/explore/test_04_conv2d_transpose.py",
    "tests/course_utils/recall/test_recall.py",
    "tests/course_utils/test_every_system.py",
    "tests/course_utils/test_progress.py",
    "tests/course_utils/test_watch.py",
    "tests/project",
)
#: Of the folders above what is the kit's all the same.
OF_THE_KIT = (
    "tests/project/test_cli.py",
    "tests/project/test_kit.py",
    "tests/project/test_lanes.py",
    "tests/project/test_one_way.py",
)


def marker_of(path: str) -> str:
    """The marker of a test file, given its path in the repository: kit, or course."""
    above = {path, *(parent.as_posix() for parent in PurePosixPath(path).parents)}
    return "course" if above & set(OF_THE_COURSE) and path not in OF_THE_KIT else "kit"
