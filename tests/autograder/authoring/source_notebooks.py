"""Source notebooks as public nbgrader courses have them, in every shape that they come in."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
SQUARE = "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"
TEST = "assert square(3) == 9\n### BEGIN HIDDEN TESTS\nassert square(-2) == 4\n### END HIDDEN TESTS"


def graded(cell, id, points=None, *, grade=True, solution=False, task=False, version=3):
    """A cell with nbgrader's metadata, as its versions of the schema have them."""
    facts = {
        "grade": grade,
        "solution": solution,
        "locked": (grade or task) and not solution,
        "schema_version": version,
    }
    facts |= {"grade_id": id} if id else {}
    facts |= {"points": points} if points is not None else {}
    facts |= {"task": task} if version >= 3 else {}
    cell.metadata["nbgrader"] = facts
    return cell


def answer(source=SQUARE, id="square", **facts):
    return graded(new_code_cell(source), id, grade=False, solution=True, **facts)


#: Shape -> the cells of a source notebook, as public courses have them.
SHAPES = {
    "function and test": [new_markdown_cell("# Squares"), answer(), graded(new_code_cell(TEST), "test_square", 2)],
    "two tests of one answer": [
        answer(),
        graded(new_code_cell("assert square(2) == 4"), "small", 0.5),
        graded(new_code_cell("for n in range(9):\n    assert square(n) == n**2"), "many", 1.5),
    ],
    "manual text, manual code, task": [
        graded(new_markdown_cell("Because $x^2 \\geq 0$."), "why", 1, solution=True),
        graded(new_code_cell("print([n * n for n in range(4)])"), "plot", 2, solution=True),
        graded(new_markdown_cell("Submit a drawing."), "draw", 4, grade=False, task=True),
    ],
    "files beside it": [
        new_code_cell(
            "from pathlib import Path\nnumbers = [int(n) for n in Path('data/numbers.txt').read_text().split()]"
        ),
        answer("def total(ns):\n    ### BEGIN SOLUTION\n    return sum(ns)\n    ### END SOLUTION", "total"),
        graded(new_code_cell("assert total(numbers) == 6"), "test_total", 3),
    ],
    "the first schema": [
        graded(new_markdown_cell("Nothing is graded here."), "", grade=False, version=1),
        answer(version=1),
        graded(new_code_cell(TEST), "test_square", 1, version=1),
    ],
    "magics and odd text": [
        new_code_cell("%matplotlib inline\nimport math"),
        new_markdown_cell("A list\n\n- # not a heading\n- `# %`\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        answer(),
        graded(new_code_cell(TEST + "\n"), "test_square", 1),
    ],
    "timed": [  # a lesson's text has this magic in a comment, where it looks like the beginning of a cell
        answer(),
        graded(new_code_cell("%%time\n" + TEST), "test_square", 1),
    ],
    "hidden as a whole, or for no points": [
        answer(SQUARE.replace("### ", "###")),  # as people type it; nbgrader takes both
        graded(new_code_cell(TEST.partition("\n")[2]), "test_hidden", 1),
        graded(new_code_cell("assert square(0) == 0"), "test_nothing", 0),
        new_code_cell(""),
    ],
    "not to be run here": [
        answer(),
        graded(new_code_cell("from a_package_that_is_gone import equal\nequal(square(2), 4)"), "test_gone", 1),
        graded(new_code_cell("assert square(2) == 4"), "test_square", 1),
    ],
}


def write_source(folder, shapes=SHAPES):
    """nbgrader's source/ with an assignment for each shape; the first has a second notebook."""
    for shape, cells in shapes.items():
        place = folder / shape
        (place / "data").mkdir(parents=True)
        (place / "data" / "numbers.txt").write_text("1 2 3")
        nbformat.write(new_notebook(cells=cells, metadata=PYTHON), place / "Problem 1.ipynb")
        if shape == "function and test":
            nbformat.write(new_notebook(cells=cells, metadata=PYTHON), place / "Problem 2.ipynb")
    return folder
