"""Mistakes that authors make in a new unit, one after the other: what is told of each, as JSON. Run in a copy of the course.

`python authors_mistakes.py`: prints {mistake: {"told": [lines], "where": the file, "line": the line that was spoilt}}.
"""

import importlib
import json
import linecache
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.modules.setdefault("rfc3987_syntax", None)  # as the command line does

from autograder import course, exercises  # noqa: E402
from autograder.authoring import glossary, rules  # noqa: E402

(UNIT,) = exercises.units()
LESSON = course.LESSONS / f"{UNIT}.py"
FOLDER = exercises.unit_folder(UNIT)
ONE, SHARED, LISTING = FOLDER / "moving_average.py", FOLDER / "shared.py", FOLDER / "__init__.py"
UNITS, GLOSSARY = course.LESSONS / "units.toml", course.LESSONS / "glossary.toml"

FORBID = "objective=SMOOTH, rules=[forbid_calls({}, hint='No.', said={!r})], refuses"


def forbid(names, said="Write it for a window"):
    """What declares a rule that forbids these names."""
    return (
        "objective=SMOOTH, refuses",
        FORBID.format(names, said),
        "import exercise, mistake",
        "import exercise, forbid_calls, mistake",
    )


#: mistake -> the file, the text there, what stands in its place (and so on, in pairs)
MISTAKES = {
    # the lesson
    "a goal that nothing assesses": (LESSON, "# - find the numbers", "# - find all the numbers"),
    "too few goals": (LESSON, "# - find the numbers of a series that do not fit\n\n# %%", "\n# %%"),
    "no first hint": (LESSON, "<summary>Hint 1</summary>The window", "<summary>Hint</summary>The window"),
    "Markdown among HTML": (LESSON, "<summary>Hint 2</summary>With four", "<summary>Hint 2</summary>With `four`"),
    "no help by symptom": (LESSON, "If you see that the first", "Where the first"),
    "minutes that do not add up": (LESSON, "| Forget slowly | 15 |", "| Forget slowly | 20 |"),
    "exercises that leave no time to read": (
        LESSON,
        "(2 points, about 8 minutes, easy)",
        "(2 points, about 14 minutes, easy)",
    ),
    "a section without minutes": (LESSON, "# ## Forget slowly", "# ## Forget quickly"),
    "no docstring": (
        LESSON,
        '    """The series after exponential smoothing.',
        '    text = """The series after exponential smoothing.',
    ),
    "an example that is not true": (LESSON, "array([0. , 2. , 3.5])", "array([0. , 2. , 4. ])"),
    "an example that raises": (LESSON, ">>> smooth(np.array", ">>> smoth(np.array"),
    "a dead link": (LESSON, "# **Sources**", "# **Sources**, and [a unit](../98_nowhere/98_nowhere.ipynb)"),
    "a link to no heading": (LESSON, "# **Sources**", "# **Sources**, and [above](#nowhere)"),
    "a picture without words": (LESSON, "plot.show(figure, alt=", "plot.show(figure, title="),
    "an image without words": (LESSON, "# **Sources**", "# ![](../picture.png) **Sources**"),
    "other points in the heading": (LESSON, "`smooth` (2 points", "`smooth` (3 points"),
    "a second check in the cell": (
        LESSON,
        'check("smooth", smooth)',
        'check("smooth", smooth)\ncheck("outliers", outliers)',
    ),
    "a print before the check": (LESSON, 'check("smooth", smooth)', 'print("now")\ncheck("smooth", smooth)'),
    "no check": (LESSON, '\n# %%\ncheck("outliers", outliers)\n', ""),
    "a solution without its end": (
        LESSON,
        "    return np.array(values)\n    ### END SOLUTION",
        "    return np.array(values)",
    ),
    "a code cell that is no Python": (LESSON, "for number in (8, 8):", "for number in (8, 8)"),
    "a set-up of another unit": (LESSON, f'start("{UNIT}")', 'start("14_other")'),
    "a skipped level": (LESSON, "# ## Slide a window", "# #### Slide a window"),
    "an option without feedback": (LESSON, "#   Yes: it can begin at 10 - 4 + 1 places.\n#\n", ""),
    "too few terms in the list": (LESSON, "# | lag |\n", ""),
    "a term in the list that nobody knows": (LESSON, "# | lag |", "# | delay |"),
    # its terms, its entry
    "a term without Korean": (GLOSSARY, 'ko = "지연"\n', ""),
    "a term in simplified Chinese": (GLOSSARY, 'zh = "趨勢"', 'zh = "趋势"'),
    "a term whose words are gone": (LESSON, "the **trend**", "the *trend*"),
    "a term that is told twice": (GLOSSARY, '["trend"]', '["lag"]'),
    "a term of a section that is gone": (
        GLOSSARY,
        'section = "Forget slowly"\nwords = "**lag**"',
        'section = "Forget"\nwords = "**lag**"',
    ),
    "a glossary that is no TOML": (GLOSSARY, '["lag"]\nmeans = "By how', '["lag"]\nmeans = By how'),
    "no minutes in units.toml": (UNITS, "minutes = 50", 'minutes = "50"'),
    # the exercises
    "no docstring of the exercise": (ONE, '    """The mean of each window of `width` neighbours of a series."""\n', ""),
    "a mistake without its hint": (
        ONE,
        '"The last windows hang over the end of the series. A window always lies whole inside it."',
        '" "',
    ),
    "two slips in one exercise": (ONE, "def hidden(rng):", "def hidden():", "points=2", "point=2, points=0"),
    "an objective in other words": (SHARED, 'FORGET = "smooth a series', 'FORGET = "smooth the series'),
    "an exercise that is not listed": (LISTING, '    "smooth",\n', ""),
    "draws that are not the course's": (
        ONE,
        "probe(rng.integers(-9, 10, 6), 6)",
        "probe(np.random.randint(-9, 10, 6), 6)",
    ),
    "a builtin that is named without its module": (ONE, *forbid("'sum'")),
    "a module that is mistyped": (ONE, *forbid("'scippy'")),
    "a function that NumPy has not": (ONE, *forbid("'np.convolv'")),
    "a bare method": (ONE, *forbid("'mean', 'append'")),
    "a type, whose call leaves no trace": (ONE, *forbid("'list'")),
    "a rule that the lesson's own solution breaks": (ONE, *forbid("'np.ndarray.mean'")),
    "a rule that is not said": (ONE, *forbid("'np.convolve'", "nothing of the kind")),
}


def forget():
    """Let everything be read anew."""
    exercises.load_exercises.cache_clear()
    glossary.read_glossary.cache_clear()
    linecache.clearcache()
    for name in [name for name in sys.modules if name.startswith(f"autograder.exercises.unit_{UNIT}")]:
        del sys.modules[name]
    importlib.invalidate_caches()


def told_of(path: Path, *changes: str) -> dict:
    """What is told where in this file each of the texts stands in place of the one before it."""
    before = path.read_text(encoding="utf-8")
    text, places = before, []
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text, (path, old)
        places.append(text[: text.index(old)].count("\n") + 1)
        text = text.replace(old, new, 1)
    try:
        path.write_text(text, encoding="utf-8")
        forget()
        return {"told": list(map(str, rules.problems(UNIT))), "where": path.name, "line": places[0]}
    finally:
        path.write_text(before, encoding="utf-8")
        forget()


if __name__ == "__main__":
    asked = sys.argv[1:] or list(MISTAKES)
    print(
        json.dumps({"nothing": rules.problems(UNIT), **{name: told_of(*MISTAKES[name]) for name in asked}}, default=str)
    )
    assert not {"tensorflow", "keras"} & set(sys.modules), "an author would have to wait"
