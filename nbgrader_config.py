"""nbgrader's settings for this course: `nbgrader ...` works from this folder with no other option."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = "pixels-to-paragraphs"
c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.db_url = f"sqlite:///{ROOT / 'gradebook.db'}"

# What a learner finds in place of a solution. Not an error: an untouched notebook runs from top to bottom.
c.ClearSolutions.code_stub = {"python": "...  # your code here"}

# Seconds for one cell. The longest of ours trains for half a minute on two cores.
c.Execute.timeout = 120
c.Execute.interrupt_on_timeout = True

# A test cell that a learner deleted is put back; of a graded cell that was copied, the last one counts.
c.OverwriteCells.add_missing_cells = True
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "autograder.nbgrader_parts.DropDuplicates",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# The hidden packs are made on this machine, from its own secret, before the first notebook is graded.
c.Autograde.pre_convert_hook = "autograder.nbgrader_parts.ensure_hidden_packs"

# Feedback shows a learner's own code and our verdicts, and nothing of the hidden tests.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# Late work: a tenth of the score for each day begun, at most half of it.
c.AssignLatePenalties.plugin_class = "autograder.nbgrader_parts.LatePerDay"
c.LatePerDay.share_per_day = 0.1
c.LatePerDay.most = 0.5
