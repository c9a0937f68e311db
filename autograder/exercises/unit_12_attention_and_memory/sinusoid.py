import cmath

import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import PLACE


@exercise("sinusoid", points=2, objective=PLACE, rtol=1e-5, atol=1e-7)
class Sinusoid:
    """(length, dim): column 2i is sin(place / 10000^(2i/dim)), column 2i + 1 the cosine of the same."""

    def oracle(length, dim):
        table = np.zeros((length, dim))
        for place in range(length):
            for pair in range(dim // 2):  # a point that goes round, once for each pair
                point = cmath.exp(1j * place * 10_000 ** (-2 * pair / dim))
                table[place, 2 * pair], table[place, 2 * pair + 1] = point.imag, point.real
        return table

    examples = [probe(1, 2), probe(2, 4), probe(3, 8), probe(7, 6)]

    def hidden(rng):
        for length, dim in ((5, 2), (4, 10), (12, 16), (1, 6), (60, 4)):
            yield probe(length, dim)
        yield probe(int(rng.integers(2, 40)), 2 * int(rng.integers(2, 20)))

    halves = mistake(
        "All sines stand first, then all cosines. Here a sine and the cosine of the same angle stand side by side: columns 0, 2, 4, ... "
        "are sines, 1, 3, 5, ... cosines.",
        lambda length, dim: np.hstack(
            [np.sin(angles(length, np.arange(0, dim, 2) / dim)), np.cos(angles(length, np.arange(0, dim, 2) / dim))]
        ),
    )
    twice_too_fast = mistake(
        "Your exponents are twice as large as they should be. The pair i has 2i / dim: if you count 0, 2, 4, ... already, that *is* 2i.",
        lambda length, dim: pairs(length, dim, 2 * np.arange(0, dim, 2) / dim),
    )
    half_the_exponent = mistake(
        "Your exponents are half of what they should be: i / dim. The pair i has 2i / dim.",
        lambda length, dim: pairs(length, dim, np.arange(dim // 2) / dim),
    )
    cosine_first = mistake(
        "Sine and cosine are exchanged: even columns are sines. Place 0 begins with 0, 1.",
        lambda length, dim: Sinusoid.oracle(length, dim).reshape(length, -1, 2)[..., ::-1].reshape(length, dim),
    )

    @mistake(
        "Each of your columns has an angle of its own. The two columns of a pair share one: exponent 2i / dim for both 2i and 2i + 1."
    )
    def angle_of_its_own(length, dim):
        z = angles(length, np.arange(dim) / dim)
        return np.where(np.arange(dim) % 2, np.cos(z), np.sin(z))

    from_one = mistake(
        "Your places begin at 1. The first one is 0, whose sines are 0 and whose cosines are 1.",
        lambda length, dim: Sinusoid.oracle(length + 1, dim)[1:],
    )
    sines_alone = mistake(
        "All columns are sines. The odd ones are cosines.",
        lambda length, dim: np.sin(angles(length, np.repeat(np.arange(0, dim, 2), 2) / dim)),
    )
    multiplied = mistake(
        "You multiply the place by the power. It is divided by it: later pairs turn more slowly.",
        lambda length, dim: pairs(length, dim, -np.arange(0, dim, 2) / dim),
    )
    one_pair_fewer = mistake(
        "The last pair turns at exactly 1/10000 in yours: you divide by dim - 2, or by one pair fewer. The exponent is 2i / dim.",
        lambda length, dim: pairs(length, dim, np.arange(0, dim, 2) / max(dim - 2, 1)),
    )
    transposed = mistake(
        "Rows and columns are exchanged: a row for each place, (length, dim).",
        lambda length, dim: Sinusoid.oracle(length, dim).T.copy(),
    )
    natural_base = mistake(
        "The base is 10,000, not e: exp(-2i / dim) alone turns every pair at nearly the same speed.",
        lambda length, dim: pairs(length, dim, np.arange(0, dim, 2) / dim / np.log(10_000)),
    )
    angles_alone = mistake(
        "Those are the angles. Their sines go into the even columns, their cosines into the odd ones.",
        lambda length, dim: angles(length, np.repeat(np.arange(0, dim, 2), 2) / dim),
    )


def angles(length, exponents):
    """(length, exponents) angles: the place over 10,000 to the exponent."""
    return np.arange(length)[:, None] / 10_000.0 ** np.asarray(exponents)


def pairs(length, dim, exponents):
    """A table whose pairs have these exponents."""
    z = angles(length, exponents)
    return np.stack([np.sin(z), np.cos(z)], axis=2).reshape(length, dim)
