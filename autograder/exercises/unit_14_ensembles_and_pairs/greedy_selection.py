import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import VOTE

#: Four texts, two classes. Member 1 is best alone, 0 second, 2 worst; but 2 is right just where 1 is wrong.
THREE = np.array(
    [
        [[0.7, 0.3], [0.9, 0.1], [0.7, 0.3], [0.8, 0.2]],
        [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]],
        [[0.4, 0.6], [0.3, 0.7], [0.6, 0.4], [0.05, 0.95]],
    ]
)
TRUE = np.array([[1, 0], [1, 0], [0, 1], [0, 1]])
#: Two members that say the same: one of them is taken again and again.
SAME = np.array([[[0.2, 0.8], [0.4, 0.6]], [[0.7, 0.3], [0.1, 0.9]], [[0.7, 0.3], [0.1, 0.9]]])


def right(summed, y):
    """Of how many texts the likeliest label is one of its own."""
    return int(y[np.arange(len(y)), summed.argmax(axis=1)].sum())


def drawn(rng, members, n, classes, rounds, several=False):
    """A probe of random probabilities, such that no text's two likeliest classes are equally likely on the way."""
    while True:
        y = np.eye(classes, dtype=int)[rng.integers(0, classes, n)]
        probabilities = rng.gamma(0.65 + y * rng.uniform(0.3, 1.2, (members, 1, 1))) + 0.01
        probabilities = np.round(probabilities / probabilities.sum(axis=2, keepdims=True), 3)
        if several:
            y = np.maximum(y, (rng.random(y.shape) < 0.2).astype(int))
        if clear(probabilities, y, rounds):
            return probe(probabilities, y, rounds)


def clear(probabilities, y, rounds):
    """Whether every choice is made without two classes of one sum."""
    so_far = np.zeros(probabilities.shape[1:])
    for _ in range(rounds):
        largest = np.sort(so_far + probabilities, axis=2)[..., -2:]
        if (largest[..., 1] - largest[..., 0] < 5e-4).any():
            return False
        so_far = so_far + probabilities[np.argmax([right(so_far + each, y) for each in probabilities])]
    return True


@exercise("greedy_selection", points=4, objective=VOTE)
class GreedySelection:
    """Member numbers, one for each round: each time the one with which the mean of all chosen is right most often."""

    def oracle(probabilities, y, rounds):
        members, n, classes = probabilities.shape
        exact = np.rint(probabilities * 10**6).astype(np.int64)  # sums of whole numbers: no rounding decides
        chosen = []
        for _ in range(rounds):
            right = []
            for member in range(members):
                summed = [
                    [sum(int(exact[m, i, c]) for m in [*chosen, member]) for c in range(classes)] for i in range(n)
                ]
                right.append(sum(bool(y[i][row.index(max(row))]) for i, row in enumerate(summed)))
            chosen.append(right.index(max(right)))
        return chosen

    examples = [
        probe(THREE, TRUE, 1),
        probe(THREE, TRUE, 2),
        probe(THREE, TRUE, 4),
        probe(SAME, np.array([[1, 0], [0, 1]]), 3),
        drawn(np.random.default_rng(3), 3, 6, 3, 4),
        drawn(np.random.default_rng(8), 4, 6, 3, 5),
        drawn(np.random.default_rng(4), 3, 5, 3, 4, several=True),
        probe(SAME, np.array([[1, 0], [0, 1]]), 0),
        probe(np.array([[[0.5, 0.5]], [[0.4, 0.6]]]), np.array([[0, 1]]), 1),
        probe(np.array([[[0.4, 0.6]], [[0.5, 0.5]]]), np.array([[1, 0]]), 1),
    ]

    def hidden(rng):
        for members, n, classes, rounds in ((3, 12, 4, 5), (5, 20, 3, 6), (6, 30, 5, 8), (8, 15, 3, 4), (2, 25, 6, 7)):
            yield drawn(rng, members, n, classes, rounds)
            yield drawn(rng, members, n, classes, rounds, several=True)
        yield drawn(rng, 1, 6, 3, 3)
        probabilities, y, rounds = drawn(rng, 3, 10, 3, 6).args
        yield probe(probabilities[[0, 0, 1, 1, 2]], y, rounds)
        tied = np.array(
            [[[0.5, 0.5], [0.25, 0.75]], [[0.375, 0.625], [0.25, 0.75]]]
        )  # binary fractions: sums are exact
        yield probe(tied, np.array([[0, 1], [0, 1]]), int(rng.integers(2, 6)))

    without_replacement = mistake(
        "Each member is taken once at most in yours. A good one may be taken again: that is how it gets more weight.",
        lambda probabilities, y, rounds: search(probabilities, y, rounds, again=False),
    )
    best_alone = mistake(
        "You look at each member alone, and take the best one again and again. What counts is how good it is *together* with those that "
        "were chosen before.",
        lambda probabilities, y, rounds: search(probabilities, y, rounds, before=False),
    )
    best_first = mistake(
        "Those are the members in the order of how good each is alone. Two good ones that make the same errors help each other "
        "little: look at the mean with those that were chosen before.",
        lambda probabilities, y, rounds: [
            int(m) for m in np.argsort([-right(p, y) for p in probabilities], kind="stable")[:rounds]
        ],
    )
    last_of_equals = mistake(
        "Where several are as good, you take the last one. The first is asked for.",
        lambda probabilities, y, rounds: search(probabilities, y, rounds, last=True),
    )
    last_class_of_equals = mistake(
        "Where two classes are equally likely, you take the last one. The first counts.",
        lambda probabilities, y, rounds: search(probabilities[..., ::-1], y[..., ::-1], rounds),
    )
    stops_when_no_better = mistake(
        "You stop as soon as no member makes it better. There are `rounds` choices; it may get better later.",
        lambda probabilities, y, rounds: search(probabilities, y, rounds, stop=True),
    )
    everybody_first = mistake(
        "You begin with everybody in the mean. It begins empty: the first choice is the member that is best alone.",
        lambda probabilities, y, rounds: search(probabilities, y, rounds, start=list(range(len(probabilities)))),
    )
    mean_of_everybody_first = mistake(
        "Your mean begins with that of all members. It begins empty: the first choice is the member that is best alone.",
        lambda probabilities, y, rounds: search(
            np.concatenate([probabilities, probabilities.mean(axis=0)[None]]), y, rounds, start=[-1], count=-1
        ),
    )
    one_of_equals_is_own = mistake(
        "Where several classes are equally likely, it is enough for you that one is the text's own. The first counts.",
        lambda probabilities, y, rounds: search(
            probabilities, y, rounds, score=lambda t, y: int((y * (t == t.max(axis=1)[:, None])).any(axis=1).sum())
        ),
    )
    sure_of_the_own = mistake(
        "You add up how likely the text's own classes are. It counts for how many texts the *likeliest* class is one of them.",
        lambda probabilities, y, rounds: search(probabilities, y, rounds, score=lambda t, y: float((t * y).sum())),
    )
    best_is_kept = mistake(
        "The best score of one round is still there in the next, and the old choice is made again. Each round begins anew.",
        lambda *args: kept(*args),
    )
    every_text = mistake(
        "`y[:, likeliest]` looks a text's likeliest class up for *all* texts: `y[np.arange(len(y)), likeliest]`.",
        lambda probabilities, y, rounds: search(
            probabilities, y, rounds, score=lambda t, y: int(y[:, t.argmax(axis=1)].sum())
        ),
    )
    counts = mistake(
        "You count how often each member is chosen. The choices themselves are asked for, in their order.",
        lambda probabilities, y, rounds: np.bincount(
            np.array(search(probabilities, y, rounds), int), minlength=len(probabilities)
        ).tolist(),
    )
    in_order = mistake(
        "You return the choices sorted. They are asked for in the order in which they were made.",
        lambda probabilities, y, rounds: sorted(search(probabilities, y, rounds)),
    )
    worst = mistake(
        "You take the member with which it is *worst*. Is an argmin meant for errors at work on what is right?",
        lambda probabilities, y, rounds: search(probabilities, y, rounds, sign=-1),
    )
    replaces = mistake(
        "You compare a member with the last choice alone. The mean goes over all that were chosen so far.",
        lambda probabilities, y, rounds: search(probabilities, y, rounds, memory=1),
    )
    votes = mistake(
        "You let each chosen member vote for one label. The largest of their mean counts: that keeps how sure each is.",
        lambda probabilities, y, rounds: search(
            np.eye(probabilities.shape[2])[probabilities.argmax(axis=2)], y, rounds
        ),
    )
    product = mistake(
        "You multiply probabilities, or add their logarithms. Then one member that is sure it is *not* decides alone: take the mean.",
        lambda probabilities, y, rounds: search(np.log(np.maximum(probabilities, 1e-12)), y, rounds),
    )
    mean_of_means = mistake(
        "You take the mean of the last mean and the new member, so that the newest always counts one half. All choices count the same.",
        lambda probabilities, y, rounds: halving(probabilities, y, rounds),
    )
    first_label_only = mistake(
        "A text may have several labels. It counts as right where the likeliest label is *one* of its own: `y[i, likeliest]` is 1.",
        lambda probabilities, y, rounds: search(probabilities, np.eye(y.shape[1], dtype=int)[y.argmax(axis=1)], rounds),
    )
    best_of_all_rounds = mistake(
        "You return the choices up to the round that was best. All `rounds` choices are asked for.",
        lambda probabilities, y, rounds: up_to_the_best(probabilities, y, search(probabilities, y, rounds)),
    )
    one_too_many = mistake(
        "You choose once more than `rounds` says.",
        lambda probabilities, y, rounds: search(probabilities, y, rounds + 1),
    )


def search(
    probabilities,
    y,
    rounds,
    *,
    again=True,
    before=True,
    last=False,
    stop=False,
    start=(),
    sign=1,
    memory=None,
    score=right,
    count=None,
):
    """The choices, or what is wrong in what is given; `count`: of how many members is chosen."""
    chosen, best = [], -1
    for _ in range(rounds):
        so_far = [*start, *(chosen[-memory:] if memory else chosen)] if before else []
        scores = [
            sign * score(probabilities[[*so_far, member]].sum(axis=0), y)
            if again or member not in chosen
            else -len(y) - 1
            for member in range(len(probabilities[:count]))
        ]
        if (not again and len(chosen) == len(probabilities)) or (stop and max(scores) <= best):
            break
        best = max(scores)
        chosen.append(len(scores) - 1 - scores[::-1].index(best) if last else scores.index(best))
    return chosen


def kept(probabilities, y, rounds):
    """The choices where a member has to be better than the best of all rounds before."""
    chosen, best = [], -1
    for _ in range(rounds):
        scores = [right(probabilities[[*chosen, member]].sum(axis=0), y) for member in range(len(probabilities))]
        chosen.append(scores.index(max(scores)) if max(scores) > best else chosen[-1])
        best = max(best, *scores)
    return chosen


def halving(probabilities, y, rounds):
    """The choices where each new member counts one half."""
    mean, chosen = None, []
    for _ in range(rounds):
        means = [each if mean is None else (mean + each) / 2 for each in probabilities]
        chosen.append(int(np.argmax([right(each, y) for each in means])))
        mean = means[chosen[-1]]
    return chosen


def up_to_the_best(probabilities, y, chosen):
    """The choices up to the first round after which it was never better."""
    scores = [right(probabilities[chosen[: n + 1]].sum(axis=0), y) for n in range(len(chosen))]
    return chosen[: scores.index(max(scores)) + 1] if chosen else []
