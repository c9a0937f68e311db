"""What a project says of its texts and of what was measured on them: in its lesson, and to whoever runs the command."""

import numpy as np
import pytest

from autograder.authoring.lesson import read_lesson
from autograder.authoring.project import facts
from autograder.authoring.project.command import measured
from autograder.authoring.project.facts import Asked
from autograder.authoring.project.measure import BASELINE, CNN, Reached, Run
from autograder.authoring.project.texts import prepare
from autograder.authoring.project.write import Project, rendered
from autograder.course import ROOT

from .made import han_rows, rows, write

UNIT = "98_letters"
LINEAR = {"accuracy": 0.8, "balanced_accuracy": 0.8, "most_frequent": 0.53}


def reached(baseline, cnn):
    """Trainings of the lesson's own recipes with these accuracies."""
    some = [(BASELINE, share) for share in baseline] + [(CNN, share) for share in cnn]
    return [
        Reached(Run(name, "lesson", lambda: None, seed), 0.9, share, share, 1.0)
        for seed, (name, share) in enumerate(some)
    ]


def bands(least):
    return {exercise: {"examples": 0.8, "held_out": least} for exercise in (BASELINE, CNN)}


def prepared_of(tmp_path, table):
    return prepare(write(tmp_path / "my.csv", table), "one")


def lesson_of(tmp_path, table, found):
    """The lesson that is made of a table, and its cells of code."""
    asked = Asked(tmp_path / "my.csv", "letters", "any", 3, "autograder new-project 98")
    said = facts.of_texts(UNIT, asked, prepared_of(tmp_path, table), LINEAR)
    said |= facts.of_measurements(found, bands(0.6), LINEAR["accuracy"])
    files = rendered(UNIT, {**facts.UNMEASURED, **said})
    path = tmp_path / f"{UNIT}.py"
    path.write_text(files[ROOT / "lessons" / path.name], encoding="utf-8")
    return path.read_text(encoding="utf-8"), [cell.source for cell in read_lesson(path).cells if cell.kind == "code"]


@pytest.mark.parametrize(
    ("baseline", "cnn", "standings", "lost"),
    [
        ([0.70, 0.75], [0.81, 0.9], ["each time below", "each time above"], True),
        ([0.70, 0.85], [0.81, 0.8], ["neither always above nor always below"] * 2, False),
        ([0.80, 0.80], [0.79, 0.79], ["neither always above nor always below", "each time below"], True),
    ],
)
def test_networks_are_set_beside_the_counting_machine(baseline, cnn, standings, lost):
    said = facts.of_measurements(reached(baseline, cnn), bands(0.6), 0.8)
    assert [said["standing"][exercise] for exercise in (BASELINE, CNN)] == standings
    assert ("loses to counting" in said["lesson_of_it"]) == lost


def test_a_lesson_says_what_networks_and_a_guess_get(tmp_path):
    text, _ = lesson_of(tmp_path, rows(), reached([0.7, 0.75], [0.85, 0.9]))
    text = " ".join(text.replace("\n# ", " ").split())
    assert "the baseline got 0.725 (0.700 to 0.750) right, each time below the SVM with its 0.800" in text
    assert "the convolution 0.875 (0.850 to 0.900), each time above it. A network that loses to counting" in text
    assert text.count("at least 60 of a hundred right") == 2
    assert "always the commonest class would be 53" in text


def test_chinese_texts_are_split_shown_and_named_by_letters(tmp_path, capsys):
    text, cells = lesson_of(tmp_path, han_rows(), reached([0.7], [0.7]))
    assert text.count('split="character"') == 4  # two pipelines of the solution, a first look at one, a sentence
    assert "A convolution over characters" in text
    look = next(cell for cell in cells if "axes.scatter(length" in cell)
    assert "yticklabels" not in look
    assert "{row}: {name}" in look
    read = next(cell for cell in cells if "textwrap" in cell)
    long = "".join(chr(0x4E00 + i) for i in range(400))
    names, said = ["差评", "好评"], np.array([[1]])
    exec(read, {"np": np, "by_cnn": said, "y_test": [0], "names": names, "texts_test": [long], "by_machine": said[0]})
    shown = capsys.readouterr().out
    assert long[:300] in shown.replace("\n", "")
    assert max(len(line.rstrip()) for line in shown.splitlines()) == 50


def test_names_that_the_figures_font_has_stand_beside_the_axis(tmp_path):
    _, cells = lesson_of(tmp_path, rows(210, ("sport", "money")), reached([0.7], [0.7]))
    look = next(cell for cell in cells if "axes.scatter(length" in cell)
    assert "yticklabels=names" in look
    assert "{row}: {name}" not in look


@pytest.mark.parametrize(("count", "wide"), [(8, True), (9, False)])
def test_many_classes_stand_below_each_other(count, wide, tmp_path):
    table = [(text, f"class {place % count}") for place, (text, _) in enumerate(rows(220))]
    _, cells = lesson_of(tmp_path, table, reached([0.7], [0.7]))
    assert any(cell.endswith('.to_frame("texts").T') for cell in cells) == wide
    assert any("the largest class" in cell for cell in cells) != wide
    for cell in cells:
        compile(cell, "cell", "exec")


@pytest.mark.parametrize(("least", "low"), [(0.6, True), (0.61, False), (0.75, False)])
def test_a_band_that_says_little_is_remarked(least, low, tmp_path):
    found = reached([0.7], [0.7])  # halfway between a guess and these: 0.615
    linear = {**LINEAR, "most_frequent": 0.52}
    said = "\n".join(measured(Project([], prepared_of(tmp_path, rows()), linear, found, bands(least))))
    assert (said.count("is nearer to always the commonest class (0.52)") == 2) == low
    assert (said.count("nearer") == 0) == (not low)
