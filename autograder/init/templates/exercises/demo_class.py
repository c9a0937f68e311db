"""A made-up class for `autograder grade-demo`: what each of five learners handed in."""

from autograder.demo.learner import Learner

UNIT = "01_moving_averages"

CLASS = [
    Learner("ada", UNIT, "everything right"),
    Learner(
        "bo",
        UNIT,
        "one window too few",
        {
            "moving_average": """
            def moving_average(x, width):
                if not 1 <= width <= len(x):
                    raise ValueError(width)
                return np.array([x[start : start + width].mean() for start in range(len(x) - width)])
            """
        },
    ),
    Learner(
        "cy",
        UNIT,
        "sums in place of means",
        {
            "moving_average": """
            def moving_average(x, width):
                if not 1 <= width <= len(x):
                    raise ValueError(width)
                return np.array([x[start : start + width].sum() for start in range(len(x) - width + 1)])
            """
        },
    ),
    Learner(
        "di", UNIT, "a name that is not there", {"moving_average": "def moving_average(x, width):\n    return nothing"}
    ),
    Learner("ed", UNIT, "nothing attempted", others_right=False),
]
