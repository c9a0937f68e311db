"""The twelve learners of `grade-demo`: what each handed in, written as changes to the released notebook."""

from __future__ import annotations

import copy
from textwrap import dedent

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from autograder.demo.learner import Change, Learner
from course_utils.recall.catalogue import read_questions
from course_utils.recall.choices import Choice

UNIT_01, UNIT_02, UNIT_06 = "01_containers_and_arrays", "02_convolution_and_pooling", "06_imdb_dense"


def put_first(source: str) -> Change:
    """Add a code cell of the learner's own at the top."""

    def change(notebook: NotebookNode) -> None:
        notebook.cells.insert(0, new_code_cell(dedent(source).strip()))

    return change


def delete(*grade_ids: str) -> Change:
    """Delete graded cells."""

    def change(notebook: NotebookNode) -> None:
        notebook.cells = [cell for cell in notebook.cells if _id(cell) not in grade_ids]

    return change


def only_exercises(notebook: NotebookNode) -> None:
    """Throw away every code cell that is neither the set-up cell nor graded."""
    notebook.cells = [
        cell for cell in notebook.cells if cell.cell_type != "code" or _id(cell) or "\nstart(" in cell.source
    ]


def rewrite(grade_id: str, source: str, **facts: object) -> Change:
    """Write something else into a locked cell, and into its metadata."""

    def change(notebook: NotebookNode) -> None:
        cell = next(cell for cell in notebook.cells if _id(cell) == grade_id)
        cell.source = source
        cell.metadata["nbgrader"].update(facts)

    return change


def try_first(exercise: str, source: str) -> Change:
    """Copy an exercise's two cells, metadata and all, and put another answer into the earlier copy."""

    def change(notebook: NotebookNode) -> None:
        place = next(i for i, cell in enumerate(notebook.cells) if _id(cell) == exercise)
        pair = [copy.deepcopy(c) for c in notebook.cells if _id(c) in (exercise, f"test_{exercise}")]
        for cell in pair:
            cell.id = f"{cell.id}-copy"
        pair[0].source = dedent(source).strip()
        notebook.cells[place:place] = pair

    return change


def choose(unit: str, question: str, first: int, last: int) -> Change:
    """Leave in the cell of a checkpoint what was chosen there first and last, as places of options."""

    def change(notebook: NotebookNode) -> None:
        asked = read_questions(unit)[question]
        shown = Choice(unit, question, asked["of"], first, last).shown(asked)
        cell = next(cell for cell in notebook.cells if cell.get("id") == asked["cell"])
        cell.outputs = [new_output("display_data", data=shown._repr_mimebundle_())]

    return change


def _id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


COUNTS_CAPITALS = """
import string

def word_counts(text):
    counts = {}
    for piece in text.split():
        word = piece.strip(string.punctuation)
        if word:
            counts[word] = counts.get(word, 0) + 1
    return counts
"""

CLASS = [
    Learner("ada", UNIT_06, "everything right"),
    Learner(
        "ben",
        UNIT_01,
        "partly right",
        answers={
            "word_counts": COUNTS_CAPITALS,
            "bgr_to_rgb": "def bgr_to_rgb(image):\n    return image[:, :, ::-1]",
            "stack_batch": "",
            "find_files": """
                def find_files(root, suffix):
                    return sorted(path for path in root.iterdir() if path.is_file() and path.name.endswith(suffix))
                """,
        },
        changes=(choose(UNIT_01, "view_or_copy", 1, 2), choose(UNIT_01, "key_of_a_dict", 0, 0)),
    ),
    Learner(
        "cleo",
        UNIT_02,
        "each kind of wrong: value, type, error, broken rule, changed input, printed, dtype, exit",
        answers={
            "corr2d": """
                def corr2d(x, k, stride=1, pad=0):
                    x, k = np.pad(np.asarray(x, float), pad), np.asarray(k, float)[::-1, ::-1]
                    return np.einsum("rcij,ij->rc", sliding_window_view(x, k.shape), k)[::stride, ::stride]
                """,
            "conv2d_true": """
                def conv2d_true(x, k):
                    windows = sliding_window_view(np.asarray(x, float), k.shape)
                    return np.einsum("rcij,ij->rc", windows, k[::-1, ::-1]).tolist()
                """,
            "conv_multi": """
                def conv_multi(x, w, b):
                    return x[x.shape[0]] + w + b
                """,
            "corr2d_fast": """
                def corr2d_fast(x, k):
                    rows, columns = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
                    result = np.zeros((rows, columns))
                    for i in range(rows):
                        for j in range(columns):
                            result[i, j] = (np.asarray(x, float)[i : i + k.shape[0], j : j + k.shape[1]] * k).sum()
                    return result
                """,
            "pool2d": """
                def pool2d(x, size, stride=None, mode="max"):
                    if mode not in ("max", "average"):
                        raise ValueError(mode)
                    stride = stride or size
                    windows = sliding_window_view(x, (size, size))[::stride, ::stride]
                    result = windows.max(axis=(2, 3)) if mode == "max" else windows.mean(axis=(2, 3))
                    x -= x
                    return result.astype(float)
                """,
            "sobel_edges": """
                def sobel_edges(image):
                    print(np.gradient(np.asarray(image, float)))
                """,
            "erode": """
                def erode(x, se):
                    padded = np.pad(x, [(side // 2, side // 2) for side in se.shape], constant_values=255)
                    return sliding_window_view(padded, se.shape)[:, :, se == 1].min(axis=2).astype(float)
                """,
            "dilate": "def dilate(x, se):\n    exit()",
        },
        changes=(choose(UNIT_02, "one_filter", 0, 1), choose(UNIT_02, "padded_maximum", 0, 0)),
    ),
    Learner("dev", UNIT_01, "untouched", others_right=False),
    Learner(
        "eli",
        UNIT_01,
        "crashing: a syntax error, a cell that raises, and the kernel killed on the way",
        answers={
            "word_counts": "def word_counts(text)\n    return {}",
            "set_ops": """
                def set_ops(a, b):
                    return {sign: a.combine(b) for sign in "|&-^"}
                """,
            "stack_batch": """
                import os

                os._exit(1)
                """,
        },
        changes=(put_first("1 / 0"),),
    ),
    Learner(
        "fay",
        UNIT_01,
        "a test cell deleted, and another one together with its answer",
        changes=(delete("test_set_ops", "shape_of", "test_shape_of"),),
    ),
    Learner(
        "gus",
        UNIT_01,
        "an exercise's cells copied: a wrong first try above the right answer",
        changes=(try_first("word_counts", COUNTS_CAPITALS),),
    ),
    Learner(
        "hana",
        UNIT_01,
        "tests edited, and the points in their metadata",
        answers={"set_ops": "def set_ops(a, b):\n    return set(a) | set(b)"},
        changes=(
            rewrite("test_set_ops", "pass  # works for me"),
            rewrite("test_shape_of", "100", points=100),
        ),
    ),
    Learner("ivo", UNIT_01, "not a notebook at all", instead="Dear teacher,\nplease find my answers attached.\n"),
    Learner(
        "jun",
        UNIT_02,
        "an infinite loop",
        answers={
            "conv2d_true": """
                def conv2d_true(x, k):
                    while True:
                        try:
                            k = k[::-1, ::-1]
                        except ValueError:
                            break
                """
        },
    ),
    Learner(
        "kim",
        UNIT_06,
        "prints to stderr, kept only the exercises' cells, and has trained nothing",
        answers={
            "label_name": """
                import os, sys, warnings

                def label_name(y):
                    print("checking", y, file=sys.stderr)
                    os.write(2, b"a library's own words")
                    warnings.warn("labels are only labels")
                    if y not in (0, 1):
                        raise ValueError(f"a label is 0 or 1, not {y!r}")
                    return ("negative", "positive")[y]
                """,
            "final_model": "",
        },
        changes=(only_exercises,),
    ),
    Learner(
        "lea",
        UNIT_01,
        "everything right, and a day and an hour late",
        changes=(choose(UNIT_01, "view_or_copy", 1, 1), choose(UNIT_01, "key_of_a_dict", 2, 2)),
        hours_late=25,
    ),
]
