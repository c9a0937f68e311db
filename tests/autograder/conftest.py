"""A course of one small unit in a temporary folder, for tests that build and pull."""

import os
import textwrap
from pathlib import Path

import pytest

from autograder import course, exercises
from autograder.authoring import banks, build, built_from, glossary, lesson, packing, pull, questions
from autograder.exercise import exercise, mistake, probe, right_answer
from course_utils import packs

LESSON = '''\
# %% [markdown]
# # Double a number
#
# A lesson of one exercise.

# %%
from course_utils import check, start
start("01_small")

# %% [markdown]
# ### Exercise: `double` (2 points, about 1 minute, easy)


# %%
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    doubled = x + x
    return doubled
    ### END SOLUTION


# %%
check("double", double)

# %% [markdown]
# ## Recap
#
# That was all.

# %%
print("done")
'''

#: An exercise whose answer is a text that a person grades; it may stand before the recap.
REPORT = """\
# %% [markdown]
# ### Exercise: `report` (4 points, about 5 minutes, easy)
#
# Write it down.

# %% [markdown]
# *What came out?*
# <!-- ### BEGIN SOLUTION -->
# Twice as much.
# <!-- ### END SOLUTION -->

"""


@exercise("double", points=2, objective="double a number")
class Double:
    """Twice a number."""

    def oracle(x):
        return 2 * x

    examples = [probe(3), probe(-1)]

    def hidden(rng):
        yield probe(int(rng.integers(10, 99)))

    @mistake("You squared it.")
    def squared(x):
        return x**2

    @mistake("You added two.")
    def plus_two(x):
        return x + 2

    @mistake("You returned text.")
    def as_text(x):
        return str(2 * x)

    @right_answer
    def by_multiplying(x):
        return x * 2

    @right_answer
    def by_summing(x):
        return sum([x, x])

    @right_answer
    def by_shifting(x):
        return x << 1

    @right_answer
    def by_counting(x):
        return len(range(x)) - len(range(-x)) + x

    @right_answer
    def by_subtracting(x):
        return x - -x


@pytest.fixture
def small_course(tmp_path, monkeypatch):
    """The course's folder, with lessons/01_small.py in it; every module of the builder works there."""
    (tmp_path / "lessons").mkdir()
    monkeypatch.setattr(course, "ROOT", tmp_path)
    monkeypatch.setattr(lesson, "ROOT", tmp_path)
    monkeypatch.setattr(lesson, "LESSONS", tmp_path / "lessons")
    monkeypatch.setattr(glossary, "SOURCE", tmp_path / "lessons" / "glossary.toml")
    glossary.read_glossary.cache_clear()
    monkeypatch.setattr(build, "SOLUTIONS", tmp_path / "solutions")
    monkeypatch.setattr(build, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(built_from, "PLACE", tmp_path / "solutions" / "built_from.json")
    declared = {"double": Double}
    for module in (build, pull, packing, banks):
        monkeypatch.setattr(module, "load_exercises", lambda unit: declared)
    monkeypatch.setattr(build, "units_with_exercises", lambda: ["01_small"])
    monkeypatch.setattr(exercises, "LESSONS", tmp_path / "lessons")
    monkeypatch.setattr(exercises, "units", lambda: ["01_small"])
    # the kernel that executes the solution is another process: it is handed its packs through the environment
    packs_folder = tmp_path / "packs"
    monkeypatch.setattr(build, "build_visible_packs", lambda unit: write_small_pack(packs_folder))
    asked = tmp_path / "questions"
    monkeypatch.setattr(build, "build_banks", lambda unit: banks.build_banks(unit, tmp_path / "banks"))
    monkeypatch.setattr(build, "build_questions", lambda lesson: questions.build_questions(lesson, asked))
    stand_in = tmp_path / "stand_in"
    stand_in.mkdir()
    (stand_in / "sitecustomize.py").write_text(
        textwrap.dedent(f"""
            import pathlib
            from course_utils import packs
            packs.EXAMPLES = pathlib.Path({str(packs_folder)!r})
            packs.read_pack.__defaults__ = (packs.EXAMPLES,)
            from course_utils.recall import catalogue
            catalogue.QUESTIONS = pathlib.Path({str(asked)!r})
            catalogue.read_questions.__defaults__ = (catalogue.QUESTIONS,)
        """)
    )
    before = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(stand_in), before] if before else [str(stand_in)]))
    (tmp_path / "lessons" / "01_small.py").write_text(LESSON)
    yield tmp_path
    glossary.read_glossary.cache_clear()


def write_small_pack(folder: Path) -> None:
    """The visible pack of the small unit."""
    packs.write_pack({**packing.make_visible_pack(Double), "unit": "01_small"}, folder)


@pytest.fixture
def lesson_file(small_course):
    """The small course's only lesson."""
    return small_course / "lessons" / "01_small.py"
