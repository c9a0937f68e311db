"""Attacks that want something else than points: what they try, what happens, and the test that holds it.

The second table of docs/attacks.md. A row's test is a file below tests/, or a test in it (`file.py::name`).
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder.authoring.limits_page import shown
from autograder.limits import MAX_COPIED, MAX_DRAWN, MAX_HTML_DEPTH


@dataclass(frozen=True)
class Beyond:
    """One kind of attempt. `stock` is what nbgrader does without this course's settings, where that was tried."""

    tries: str
    happens: str
    held_by: str
    stock: str = "not tried"


BEYOND = [
    Beyond(
        "run a script in the browser of whoever grades: HTML, SVG, Markdown, links, formulas, widgets, metadata of cells",
        "nothing runs and nothing is fetched, in the formgrader, on the feedback page and in the report",
        "browser/test_hostile_pages.py",
        "runs, in the formgrader's session",
    ),
    Beyond(
        "the same in a notebook that was graded before outputs were cleaned",
        "nothing runs: what is shown is made clean again",
        "browser/test_hostile_pages.py::test_the_formgrader_shows_a_hostile_submission",
        "runs",
    ),
    Beyond(
        "hand in a page beside the notebook and link to it",
        "a browser shows it in a sandbox, without scripts",
        "browser/test_hostile_pages.py::test_names_files_and_lists_in_the_formgrader",
        "runs, in the formgrader's session",
    ),
    Beyond(
        "a name, or an address of the formgrader, that is HTML or ends a script",
        "is text",
        "browser/test_hostile_pages.py::test_names_files_and_lists_in_the_formgrader",
        "an address that ends a script runs",
    ),
    Beyond(
        "cover the grader's buttons, imitate them, or send the browser elsewhere",
        "styles, classes, names, forms and frames that could are left out; a cell's content stays within its cell",
        "autograder/cleaning/test_cleaning.py::test_nothing_acts_loads_leaves_or_covers",
    ),
    Beyond(
        "HTML that takes parsers the square of its length",
        f"cleaned in time proportional to its length, at most {shown(MAX_HTML_DEPTH)} elements deep",
        "autograder/cleaning/test_cleaning.py::test_cleaning_takes_time_in_proportion",
    ),
    Beyond(
        "make a page of the formgrader take minutes or gigabytes, and so hold up its server for everybody",
        "it is made in a process with limits, beside the server: beyond them the sources are shown as text, with the reason, "
        "and can be graded",
        "autograder/formgrader/test_formgrader.py::test_a_notebook_that_breaks_the_limits_is_shown_as_text_and_can_be_graded",
    ),
    Beyond(
        "name something large again and again: a style, a link, a picture dropped into a cell, a formula; or have a browser's "
        "parser open `b` anew, with its attributes, for each paragraph",
        f"shown again as far as there is room, {shown(MAX_COPIED)} a text; every element is ended before its parser would end it",
        "autograder/cleaning/test_cleaning.py::test_what_stands_in_a_text_once_is_shown_again_as_far_as_there_is_room",
    ),
    Beyond(
        "draw with `use` of `use`: 600 characters that hold a browser up for minutes",
        f"a drawing is counted before it is shown; one that draws more than {shown(MAX_DRAWN)} elements is not",
        "autograder/cleaning/test_cleaning.py::test_a_drawing_that_holds_a_browser_up_is_not_shown",
    ),
    Beyond(
        "all of the first table where grading runs as an ordinary user",
        "the sandbox is the same: no rights, no network, no files of the course",
        "autograder/engine/test_ordinary_user.py",
    ),
    Beyond(
        "break what stands around answers, so that the notebook is run once more, put right",
        "a forged answer counts as none in each run, and a second run is sealed before it sees a hidden probe, as the first is",
        "autograder/engine/test_repair.py",
    ),
    Beyond(
        "links, pipes, sockets, environments and very many or large files beside the notebook; outputs of any size in it",
        "never opened or followed: left out, and named; the notebook is graded",
        "autograder/engine/test_submission.py",
        "what links lead to is copied; a pipe makes its grading fail",
    ),
    Beyond(
        "end its own process, by a limit on processor time too, or cells that cannot be stopped",
        "run again without that cell; all repetitions together have the time of one notebook, who is to run alone does so "
        "when all others are graded, and the reason is the true one",
        "autograder/engine/test_budget.py",
    ),
    Beyond(
        "make reading, judging or cleaning take minutes or gigabytes: frames of 32 MB, answers, outputs, sources, cells",
        "`autograder grade` does all of it in a process with limits: what breaks them is left out, with a reason, and the class "
        "goes on",
        "autograder/engine/test_guarded.py",
    ),
    Beyond(
        "the same where `nbgrader autograde` grades",
        "its own steps are done in such a process too",
        "autograder/plugins/test_within_limits.py",
    ),
    Beyond(
        "leave answers that stall those who read them later: judging again, the report, the leaderboard",
        "each learner's are read in such a process: who breaks the limits is named with a reason, and the rest comes",
        "autograder/engine/test_rejudge.py::test_an_answer_that_cannot_be_judged_within_the_limits_costs_itself_alone",
    ),
    Beyond(
        "damage what is stored: an archive that unpacks to gigabytes, JSON of any depth, a graded notebook of another form",
        "named as damaged; it is run again, or reported on by its points",
        "autograder/report/test_report.py::test_who_cannot_be_read_within_the_limits_is_named_and_the_rest_comes",
    ),
]
