"""How a learner asks for another look at an exercise: by a text cell below it, in the notebook that is handed in again."""

#: With this heading the cell begins.
HEADING = "Please look again"
ASK = (
    "Do you think that something was judged wrongly? Add a text cell below that exercise, begin it with the line"
    f" <code>## {HEADING}</code>, write why, and hand the notebook in again. A person reads it. It costs no points."
)
