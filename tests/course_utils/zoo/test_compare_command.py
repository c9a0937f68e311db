"""`python -m course_utils.zoo compare`: a table with a linear model beside, and what is left of it after Ctrl-C."""

import pytest

from course_utils.zoo.training import compare
from tests.course_utils.zoo.test_command import lines, ran

pytestmark = pytest.mark.tensorflow


@pytest.fixture
def texts(tmp_path):
    path = tmp_path / "films.txt"
    path.write_text("\n".join(lines()), encoding="utf-8")
    return path


def test_models_are_compared_beside_a_linear_one(tmp_path):
    path, page = tmp_path / "films.txt", tmp_path / "which.md"
    path.write_text("\n".join(lines(("good", "bad", "dull"), 150)), "utf-8")
    code, said = ran("compare", "fasttext", "--data", path, "--seeds", 2, "--epochs", 6, "-o", page)
    assert code == 0, said
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| ") and " to " in line]
    assert {row.split(" | ")[0].strip("| ") for row in rows} == {"fasttext", "tf-idf + linear"}
    assert "120 texts" not in said
    assert "30 to measure on" in said
    assert page.with_suffix(".png").exists()


def stopped_at(name, monkeypatch):
    """Have Ctrl-C be pressed while this model is trained; those before it are trained."""
    trained = compare._in_a_process

    def until(one, *rest):
        if one == name:
            raise KeyboardInterrupt
        return trained(one, *rest)

    monkeypatch.setattr(compare, "_in_a_process", until)


def test_a_comparison_that_is_stopped_keeps_the_models_that_are_done(tmp_path, texts, monkeypatch):
    page = tmp_path / "which.md"
    stopped_at("fasttext", monkeypatch)
    code, said = ran("compare", "fasttext", "han", "--data", texts, "-o", page)
    assert code == 130
    assert "Stopped while fasttext was trained. Not in the table: fasttext, han." in said
    assert said.count("| tf-idf + linear | 1.000 |") == 1
    assert said.splitlines()[-1] == f"Report: {page}."
    assert "| tf-idf + linear | 1.000 |" in page.read_text("utf-8")


def test_before_the_first_model_is_done_there_is_nothing_to_keep(tmp_path, texts, monkeypatch):
    page = tmp_path / "which.md"
    stopped_at(compare.linear.NAME, monkeypatch)
    code, said = ran("compare", "fasttext", "--data", texts, "-o", page)
    assert (code, said.splitlines()[-1]) == (130, "Stopped.")
    assert not page.exists()
