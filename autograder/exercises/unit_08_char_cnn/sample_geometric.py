from fractions import Fraction

import numpy as np

from autograder.exercise import exercise, mistake, probe
from course_utils.chance import often

from .shared import AUGMENT, geometric, lots, pick


@exercise("sample_geometric", points=2, objective=AUGMENT, rtol=0, atol=0.04, time_limit=30.0, all_or_nothing=True)
class SampleGeometric:
    """A whole number from 0 to `most`, drawn so that the chance of k is in proportion to p ** k."""

    def oracle(p, rng, most):
        weights = [Fraction(p).limit_denominator(1000) ** k for k in range(most + 1)]
        return {k: float(weight / sum(weights)) for k, weight in enumerate(weights)}

    examples = [
        probe(0.3, lots(1), 2),
        probe(0.5, lots(2), 3),
        probe(0.8, lots(3), 4),
        probe(0.5, lots(9), 0),
        probe(0.25, lots(10), 1),
    ]

    def hidden(rng):
        for p, most in ((0.5, 0), (0.5, 6), (0.6, 3), (0.25, 2), (0.9, 9), (0.7, 1)):
            yield probe(p, lots(rng.integers(1 << 30)), most)

    starts_at_one = mistake(
        "Yours starts at 1: the chance of 0 is missing. Sometimes no word is replaced, and the nearest synonym has number 0. "
        "(NumPy's `rng.geometric` counts the throws up to the first success, so it starts at 1.)",
        often(lambda p, rng, most: pick(rng, geometric(p, most, 1), 1)),
    )
    numpys_geometric = mistake(
        "Yours starts at 1, and it takes p for the chance to *stop*. `rng.geometric(p)` counts throws until a success of chance p; "
        "here p is the chance to go on, and 0 is possible: think of rng.geometric(1 - p) - 1.",
        often(lambda p, rng, most: pick(rng, geometric(1 - p, most, 1), 1)),
    )
    shifted = mistake(
        "Yours starts at 1 and goes one too far: everything is shifted by one. The smallest number is 0, the largest `most`.",
        often(lambda p, rng, most: 1 + pick(rng, geometric(p, most))),
    )
    chance_to_stop = mistake(
        "You took p for the chance to stop. In proportion to p ** k means that p is the chance to go on by one: a large p gives large "
        "numbers. NumPy's `rng.geometric` wants the chance to stop, 1 - p.",
        often(lambda p, rng, most: pick(rng, geometric(1 - p, most))),
    )
    clipped = mistake(
        "What is drawn beyond `most` becomes `most` in your answer, which is then too frequent. Draw again instead, or choose among "
        "0 to `most` with chances that add up to 1.",
        often(lambda p, rng, most: min(int(rng.geometric(1 - p)) - 1, most)),
    )
    clipped_chance_to_stop = mistake(
        "Two things: you took p for the chance to stop, and what is drawn beyond `most` becomes `most`, which is then too frequent. Use "
        "1 - p in `rng.geometric`, and draw again where it is too large.",
        often(lambda p, rng, most: min(int(rng.geometric(p)) - 1, most)),
    )
    geometric_clipped = mistake(
        "Two things: yours starts at 1, since `rng.geometric` counts throws, and what is beyond `most` becomes `most`. Besides, "
        "p is the chance to go on, not to stop.",
        often(lambda p, rng, most: min(int(rng.geometric(p)), most)),
    )

    @mistake("What is drawn beyond `most` becomes 0 in your answer, which is then too frequent. Draw again instead.")
    @often
    def beyond_is_zero(p, rng, most):
        drawn = int(rng.geometric(1 - p)) - 1
        return drawn if drawn <= most else 0

    unbounded = mistake(
        "Your numbers have no bound: anything above `most` has to be drawn again (there are only so many words).",
        often(lambda p, rng, most: int(rng.geometric(1 - p)) - 1),
    )
    uniform = mistake(
        "All your numbers are equally likely. The chance of k is in proportion to p ** k: each next one is p times as likely.",
        often(lambda p, rng, most: int(rng.integers(0, most + 1))),
    )
    most_left_out = mistake(
        "Your numbers stop at most - 1; `most` itself is possible.",
        often(lambda p, rng, most: pick(rng, geometric(p, max(most - 1, 0)))),
    )
    linear = mistake(
        "The shares fall linearly instead of by the factor p each time: the chance of k is in proportion to p ** k.",
        often(lambda p, rng, most: pick(rng, [2 * k / ((most + 1) * (most + 2)) for k in range(most + 1, 0, -1)])),
    )
    generator_of_its_own = mistake(
        "Yours gives the same number each time: a generator that is made anew inside the function begins anew. Draw from the "
        "`rng` that you are given.",
        often(lambda p, rng, most: pick(np.random.default_rng(0), geometric(p, most))),
    )
    from_elsewhere = mistake(
        "Your numbers cannot be drawn again: they do not come from `rng`. Use its methods (rng.random(), rng.choice(...)), and neither "
        "`random` nor `np.random`, so that a seed repeats a whole training.",
        often(lambda p, rng, most: pick(np.random.default_rng(), geometric(p, most))),
    )
