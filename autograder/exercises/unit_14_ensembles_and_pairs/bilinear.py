import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import PAIRS

U, V = np.array([[1.0, 2.0], [0.0, 3.0]]), np.array([[2.0, 1.0], [1.0, -1.0]])
M = np.array([[1.0, 5.0], [-2.0, 4.0]])


@exercise("bilinear", points=2, objective=PAIRS, dtype="any")
class Bilinear:
    """One score a pair, (n,): the sum over all i and j of u[i] * m[i, j] * v[j]."""

    def oracle(u, m, v):
        return np.einsum("ni,ij,nj->n", u, m, v)

    examples = [
        probe(U[:1], M, V[:1]),
        probe(U, M, V),
        probe(V, M, U),
        probe(U / 4, np.eye(2), V),
        probe(np.array([[1.0, 2.0, -1.0], [4.0, 0.0, 2.0]]), np.array([[1.0, 0.0], [3.0, 1.0], [0.0, 2.0]]), V),
        probe(np.array([[2.0], [3.0], [-1.0]]), np.array([[4.0]]), np.array([[1.0], [0.5], [2.0]])),
        probe(np.zeros((0, 2)), M, np.zeros((0, 2))),
    ]

    def hidden(rng):
        for n, d, e in ((1, 3, 3), (4, 4, 4), (3, 2, 5), (5, 5, 2), (6, 1, 4), (7, 3, 1)):
            u, m, v = (np.round(rng.normal(0, 2, shape), 2) for shape in ((n, d), (d, e), (n, e)))
            yield probe(u, m, v)
        u, m, v = (np.round(rng.normal(0, 2, (3, 3)), 2) for _ in range(3))
        yield probe(u, m, v)
        yield probe(v, m, u)
        yield probe(
            *(np.round(each).astype("float32") for each in (u, m, v))
        )  # whole: their sums are exact, in any order
        yield probe(u[:, :2], np.zeros((2, 2)), v[:, :2])

    transposed = mistake(
        "You take m turned round, or u and v have changed places, which is the same: row i of m belongs to number i of *u*, column j to "
        "number j of v.",
        lambda u, m, v: ((u @ m.T) * v).sum(axis=1) if m.shape[0] == m.shape[1] else Bilinear.oracle(u, m, v),
    )
    whole_numbers = mistake(
        "Your scores are whole numbers: what stands behind the point is cut off. Make an array of float.",
        lambda u, m, v: Bilinear.oracle(u, m, v).astype(int),
    )
    every_pair = mistake(
        "You have a score for every u with every v, (n, n). Pairs go together row by row: (n,), one score each.",
        lambda u, m, v: u @ m @ v.T,
    )
    summed_over_every_v = mistake(
        "You score each u with every v, and add these up. A pair is row i of u with row i of v, and nothing else.",
        lambda u, m, v: (u @ m @ v.T).sum(axis=1),
    )
    summed_over_every_u = mistake(
        "You score each v with every u, and add these up. A pair is row i of u with row i of v, and nothing else.",
        lambda u, m, v: (u @ m @ v.T).sum(axis=0),
    )
    running_sum = mistake(
        "Each score has those of the pairs before it in it: begin the sum anew for each pair.",
        lambda u, m, v: np.cumsum(Bilinear.oracle(u, m, v)),
    )
    scaled = mistake(
        "You divide by the root of d, as attention does. The plain sum is asked for.",
        lambda u, m, v: Bilinear.oracle(u, m, v) / np.sqrt(u.shape[1]),
    )
    upper_half = mistake(
        "Only the half of m above its diagonal plays a part: j has to begin at 0 for every i.",
        lambda u, m, v: Bilinear.oracle(u, np.triu(m), v),
    )
    one_number = mistake(
        "You have one number for all pairs together. Each pair has its own: (n,).",
        lambda u, m, v: float(np.einsum("ni,ij,nj->", u, m, v)),
    )
    first_pair_only = mistake(
        "You have the score of the first pair alone. There is a first axis, the pairs: (n,) scores.",
        lambda u, m, v: Bilinear.oracle(u[:1], m, v[:1]),
    )
    not_added_up = mistake(
        "You multiply with v number by number, and stop there. Add up: each pair has one score.",
        lambda u, m, v: (u @ m) * v,
    )
    column = mistake(
        "The numbers are right, as a column, (n, 1). (n,) is asked for.",
        lambda u, m, v: Bilinear.oracle(u, m, v)[:, None],
    )
    m_ignored = mistake(
        "m plays no part: that is the dot product of u and v, in which number i looks at number i alone.",
        lambda u, m, v: (u * v).sum(axis=1) if u.shape == v.shape else Bilinear.oracle(u, m, v),
    )
    diagonal = mistake(
        "Only the diagonal of m plays a part. By the others number i of u meets number j of v.",
        lambda u, m, v: (u * np.diag(m) * v).sum(axis=1) if u.shape == v.shape else Bilinear.oracle(u, m, v),
    )
    number_by_number = mistake(
        "You multiply u with m number by number. `u @ m` makes (n, e) of (n, d) and (d, e).",
        lambda u, m, v: (
            (((u[:, None] * m).sum(axis=1) if len(u) != len(m) else u * m) * v).sum(axis=1)
            if u.shape == m.shape == v.shape
            else Bilinear.oracle(u, m, v)
        ),
    )
    symmetric = mistake(
        "You make m symmetric first. It need not be: what u says of v may be something else than what v says of u.",
        lambda u, m, v: Bilinear.oracle(u, (m + m.T) / 2, v) if m.shape[0] == m.shape[1] else Bilinear.oracle(u, m, v),
    )
    squashed = mistake(
        "The score is right, and then something squashes it (a sigmoid, a tanh). The plain sum is asked for.",
        lambda u, m, v: 1 / (1 + np.exp(-np.clip(Bilinear.oracle(u, m, v), -700, 700))),
    )
    cosine = mistake(
        "You divide by lengths, as a cosine does. The plain sum is asked for.",
        lambda u, m, v: (
            Bilinear.oracle(u, m, v) / np.maximum(np.linalg.norm(u @ m, axis=1) * np.linalg.norm(v, axis=1), 1e-12)
        ),
    )
    averaged = mistake(
        "You take a mean over the numbers. It is a sum.",
        lambda u, m, v: ((u @ m) * v).mean(axis=1),
    )
    over_pairs = mistake(
        "You add up over the pairs. Add up over the numbers of a pair: axis 1.",
        lambda u, m, v: ((u @ m) * v).sum(axis=0),
    )
