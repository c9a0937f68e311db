import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import LOOK, VECTORS, VOCABULARY, WORDS, a_vocabulary, cosines, ranked

#: No plane of meanings, but each of the mistakes below shows in it.
THINGS = VOCABULARY[:8]
THEIR_VECTORS = np.array(
    [[6, 3, 3], [1, 3, 4], [-1, 1, 3], [-1, 6, -1], [-2, -4, 2], [-4, 3, -4], [2, 0, 1], [5, -3, 6]], float
)


@exercise("analogy", points=3, objective=LOOK)
class Analogy:
    """a is to b as c is to ...: the word whose vector has the largest cosine to b - a + c, none of these three."""

    def oracle(a, b, c, words, vectors):
        from scipy.spatial.distance import cosine

        of = dict(zip(words, vectors, strict=True))
        target = of[b] - of[a] + of[c]
        return min((word for word in words if word not in (a, b, c)), key=lambda word: cosine(of[word], target))

    examples = [
        probe("man", "woman", "king", WORDS, VECTORS),
        probe("rain", "sun", "ice", THINGS, THEIR_VECTORS),
        probe("ice", "ship", "rain", THINGS, THEIR_VECTORS),
        probe("sun", "ice", "car", THINGS, THEIR_VECTORS),
        probe("sun", "snow", "ship", THINGS, THEIR_VECTORS),
    ]

    def hidden(rng):
        for count, dimension in ((8, 2), (12, 3), (30, 6), (60, 10)):
            words, vectors = a_vocabulary(rng, count, dimension)
            a, b, c = rng.choice(count, size=3, replace=False)
            yield probe(words[a], words[b], words[c], words, vectors.copy())
            vectors[b] = vectors[a] + 0.1 * rng.normal(size=dimension)  # so that c itself is the nearest
            yield probe(words[a], words[b], words[c], words, vectors.copy())
            vectors[a] *= 0.01  # so that b is
            vectors[c] *= 0.01
            yield probe(words[a], words[b], words[c], words, vectors.copy())

    inputs_not_excluded = mistake(
        "The nearest word to the sum is one of the three words asked, most often c. Leave all three out: that is the trick of "
        "every such list of analogies.",
        lambda a, b, c, words, vectors: best(words, vectors, summed(words, vectors, b, a, c), ()),
    )
    only_c_excluded = mistake(
        "Only c is left out. The answer may not be a or b either.",
        lambda a, b, c, words, vectors: best(words, vectors, summed(words, vectors, b, a, c), (c,)),
    )
    sign = mistake(
        "The sign is turned round: the way from a *to b* is b - a. Add that to c.",
        lambda a, b, c, words, vectors: best(words, vectors, summed(words, vectors, a, b, c), (a, b, c)),
    )
    sum_of_three = mistake(
        "You add all three up. The way from a to b is a difference, b - a.",
        lambda a, b, c, words, vectors: best(
            words, vectors, sum(vectors[words.index(each)] for each in (a, b, c)), (a, b, c)
        ),
    )
    forgets_a = mistake(
        "a is missing: that is b + c. The way from a to b is b - a.",
        lambda a, b, c, words, vectors: best(
            words, vectors, vectors[words.index(b)] + vectors[words.index(c)], (a, b, c)
        ),
    )
    forgets_c = mistake(
        "c is missing: b - a is the way alone. Begin it at c.",
        lambda a, b, c, words, vectors: best(
            words, vectors, vectors[words.index(b)] - vectors[words.index(a)], (a, b, c)
        ),
    )
    not_normalised = mistake(
        "You take the largest dot product: the longest vectors win. Divide by the length of each word's vector.",
        lambda a, b, c, words, vectors: ranked(
            vectors @ summed(words, vectors, b, a, c), words, places(words, (a, b, c))
        )[0],
    )
    euclidean = mistake(
        "You take the smallest distance. Asked for is the largest cosine: the direction counts.",
        lambda a, b, c, words, vectors: ranked(
            -np.linalg.norm(vectors - summed(words, vectors, b, a, c), axis=1), words, places(words, (a, b, c))
        )[0],
    )
    near_c_only = mistake(
        "That is the nearest word to c alone. Add the way from a to b first.",
        lambda a, b, c, words, vectors: best(words, vectors, vectors[words.index(c)], (a, b, c)),
    )
    units_added = mistake(
        "You bring the vectors to length 1 *before* you add them. Here they are added as they are; only the comparison is by "
        "cosine.",
        lambda a, b, c, words, vectors: best(words, vectors, summed(words, units(vectors), b, a, c), (a, b, c)),
    )
    least = mistake(
        "That is the word with the *smallest* cosine. The largest is asked for.",
        lambda a, b, c, words, vectors: best(words, vectors, -summed(words, vectors, b, a, c), (a, b, c)),
    )
    place = mistake(
        "That is the place of the word; the word itself is asked for: words[i].",
        lambda a, b, c, words, vectors: words.index(Analogy.oracle(a, b, c, words, vectors)),
    )
    in_a_list = mistake(
        "The word is right; it should not be in a list.",
        lambda a, b, c, words, vectors: [Analogy.oracle(a, b, c, words, vectors)],
    )


def summed(words, vectors, b, a, c):
    """b - a + c."""
    return vectors[words.index(b)] - vectors[words.index(a)] + vectors[words.index(c)]


def places(words, some):
    """Where these words stand: a set."""
    return {words.index(each) for each in some}


def units(vectors):
    """The vectors at length 1."""
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def best(words, vectors, target, left_out):
    """The word with the largest cosine to the target, these left out."""
    return ranked(cosines(vectors, target), words, places(words, left_out))[0]
