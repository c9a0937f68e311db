"""In a process of its own: release unit 01 in a folder, and let the classes of test_same_grades hand in."""

import json
import sys
from pathlib import Path

from autograder import demo
from autograder.demo_class import CLASS, UNIT_01
from tests.engine.test_same_grades import varied

if __name__ == "__main__":
    folder, size = Path(sys.argv[1]), json.loads(sys.stdin.read())
    api = demo.open_api(folder)
    if not api.generate_assignment(UNIT_01)["success"]:
        sys.exit("nbgrader could not release the unit")
    with api.gradebook as gradebook:
        gradebook.update_or_create_assignment(UNIT_01, duedate=demo.DUE.replace(tzinfo=None))
    for learner in [one for one in CLASS if one.unit == UNIT_01 and one.instead is None] + varied(size):
        demo.hand_in(learner, Path(api.coursedir.format_path("release", ".", UNIT_01)), folder / "submitted")
