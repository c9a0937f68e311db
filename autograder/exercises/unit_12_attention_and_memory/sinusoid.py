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

    examples = [probe(1, 2), probe(2, 4), probe(4, 8), probe(7, 6)]

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
    ten_times_larger = mistake(
        "Your base is 100,000: that is what `10e4` means. 10,000 is `1e4`.",
        lambda length, dim: pairs(length, dim, np.arange(0, dim, 2) / dim * 1.25),
    )
    a_thousand = mistake(
        "Your base is 1,000. It is 10,000.",
        lambda length, dim: pairs(length, dim, np.arange(0, dim, 2) / dim * 0.75),
    )
    whole_division = mistake(
        "All of your pairs turn at one speed: the exponent is 0. `//` cuts what stands behind the point off; divide with `/`.",
        lambda length, dim: pairs(length, dim, np.zeros(dim // 2)),
    )
    no_brackets = mistake(
        "`p / 10000 ** 2 * i / dim` is ((p / 10000 ** 2) * i) / dim. Put brackets around the exponent: `10000 ** (2 * i / dim)`.",
        lambda length, dim: of_angles(np.arange(length)[:, None] / 10_000**2 * np.arange(dim // 2) / dim),
    )

    @mistake(
        "You divide sine and cosine by the power. It is the *place* that is divided, within the brackets: sin(place / power)."
    )
    def divided_afterwards(length, dim):
        power = 10_000 ** (np.repeat(np.arange(0, dim, 2), 2) / dim)
        return of_angles(np.arange(length)[:, None] * np.ones(dim // 2)) / power

    @mistake(
        "Your even *rows* are sines, the odd ones cosines. It goes by columns: in each row a sine, a cosine, and so on."
    )
    def by_rows(length, dim):
        z = angles(length, np.repeat(np.arange(0, dim, 2), 2) / dim)
        return np.where(np.arange(length)[:, None] % 2, np.cos(z), np.sin(z))

    @mistake(
        "The two columns of a pair have different angles: `np.tile` gives 0, 2, 0, 2. `np.repeat` gives 0, 0, 2, 2."
    )
    def tiled(length, dim):
        z = angles(length, np.tile(np.arange(0, dim, 2), 2) / dim)
        return np.where(np.arange(dim) % 2, np.cos(z), np.sin(z))

    by_length = mistake(
        "You divide the exponent by the length. It is 2i / dim, so that a place has the same vector whatever the length is.",
        lambda length, dim: pairs(length, dim, np.arange(0, dim, 2) / length),
    )
    slow_first = mistake(
        "Your first pair is the slowest. The first one turns by 1 a place, and later ones more slowly.",
        lambda length, dim: pairs(length, dim, np.arange(0, dim, 2)[::-1] / dim),
    )
    degrees = mistake(
        "You make degrees of the angles, or take them for degrees. NumPy's sine takes them as they are.",
        lambda length, dim: of_angles(np.deg2rad(angles(length, np.arange(0, dim, 2) / dim))),
    )
    whole_turns = mistake(
        "Your first pair turns a whole time a place: there is a 2 pi too many. The angle is place / 10000 ** (2i / dim) as it stands.",
        lambda length, dim: of_angles(2 * np.pi * angles(length, np.arange(0, dim, 2) / dim)),
    )
    first_place_left_out = mistake(
        "Place 0 is left at 0 in yours. Its cosines are 1: does your loop begin at 1?",
        lambda length, dim: Sinusoid.oracle(length, dim) * (np.arange(length) > 0)[:, None],
    )
    hundredths = mistake(
        "Each of your pairs is a hundred times slower than the one before it. That is so for dim = 4; in general the exponent is 2i / dim.",
        lambda length, dim: pairs(length, dim, np.arange(dim // 2) / 2),
    )


def angles(length, exponents):
    """(length, exponents) angles: the place over 10,000 to the exponent."""
    return np.arange(length)[:, None] / 10_000.0 ** np.asarray(exponents)


def pairs(length, dim, exponents):
    """A table whose pairs have these exponents."""
    return of_angles(angles(length, exponents))


def of_angles(z):
    """A table of a sine and a cosine for each of these (length, pairs) angles."""
    return np.stack([np.sin(z), np.cos(z)], axis=2).reshape(len(z), -1)
