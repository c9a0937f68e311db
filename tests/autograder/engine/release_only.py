"""In a process of its own: release a unit in a folder, and let the class of test_same_grades hand in."""

import sys
from pathlib import Path

from autograder.demo import command as demo
from tests.autograder.engine.test_same_grades import everyone

if __name__ == "__main__":
    folder, unit, size = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    api = demo.open_api(folder)
    if not api.generate_assignment(unit)["success"]:
        sys.exit("nbgrader could not release the unit")
    with api.gradebook as gradebook:
        gradebook.update_or_create_assignment(unit, duedate=demo.DUE.replace(tzinfo=None))
    for learner in everyone(unit, size):
        demo.hand_in(learner, Path(api.coursedir.format_path("release", ".", unit)), folder / "submitted")
