"""nbgrader's settings for this course: `nbgrader ...` works from this folder with no other option."""

import os
import sys
from pathlib import Path

from autograder.course import COURSE
from autograder.engine.run.limits import CELL_SECONDS

ROOT = Path(__file__).resolve().parent

# nbgrader looks for its own tools (alembic) on the PATH, where they are only when the environment is activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = COURSE.slug
c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.db_url = f"sqlite:///{ROOT / 'gradebook.db'}"

# What a learner finds in place of a solution. Not an error: an untouched notebook runs from top to bottom.
c.ClearSolutions.code_stub = {"python": "...  # your code here"}

# nbgrader deletes the old release before it makes the new one; this looks first whether it can.
c.GenerateAssignment.exporter_class = "autograder.plugins.releasing.ReleaseExporter"

# From an exchange that all learners write into, such as a JupyterHub's: no link is followed, and nobody hands in for another.
c.ExchangeFactory.collect = "autograder.plugins.collecting.CollectPlain"

# Seconds for one cell, for nbgrader's own commands and for `autograder grade`. Write another number to change it.
c.Execute.timeout = CELL_SECONDS
c.Execute.interrupt_on_timeout = True

# The graded cells of a submission become what was released: a deleted test is put back, an edited one overwritten, of a
# cell that was copied the last one counts. And no cell, whatever it does to its kernel, keeps the others from being graded.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "autograder.plugins.as_released.AsReleased",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# On Linux notebooks are forked from a warm process and run in a sandbox, elsewhere in a kernel of their own.
EXECUTE = "execute_warm.ExecuteWarm" if sys.platform.startswith("linux") else "execute_all.ExecuteAll"
c.Autograde.autograde_preprocessors = [
    f"autograder.plugins.{EXECUTE}",
    "nbgrader.preprocessors.IgnorePattern",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Both halves of it in a process with limits on time and memory: what a learner made is read and judged there.
c.Autograde.exporter_class = "autograder.plugins.within_limits.GuardedExporter"

# Before the first notebook is graded: the hidden packs are made on this machine, from its own secret; times are read, and
# files beside a notebook chosen, as the engine does.
c.Autograde.pre_convert_hook = "autograder.plugins.before_grading.before_grading"

# Feedback is a page for a learner alone: points, verdicts, hints, their own code, and nothing of the hidden tests.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "autograder.plugins.hide_tests.HideTests",
    "autograder.feedback.ForLearners",
]
c.GenerateFeedback.exporter_class = "autograder.feedback.FeedbackExporter"

# Late work: a tenth of the score for each day begun, at most half of it.
c.AssignLatePenalties.plugin_class = "autograder.plugins.late_policy.LatePerDay"
c.LatePerDay.share_per_day = 0.1
c.LatePerDay.most = 0.5
