import itertools
import math

import numpy as np

from autograder.exercise import exercise, mistake, probe
from course_utils.values import steps

from .shared import WRITE

#: The likeliest first token is 1, and the likeliest sequence begins with 2: 0.5 * 0.4 against 0.4 * 0.9.
TWO_WAYS = {(): [0.1, 0.5, 0.4], (1,): [0.4, 0.35, 0.25], (2,): [0.9, 0.04, 0.06]}
#: To end at once is the likeliest of all, 0.4, though many longer ones begin with the likelier token 1.
AT_ONCE = {(): [0.4, 0.45, 0.15], (1,): [0.3, 0.3, 0.4], (2,): [0.5, 0.2, 0.3]}
#: Nothing has ended after two tokens that is as likely as [1, 2], 0.36.
UNFINISHED = {(): [0.1, 0.6, 0.3], (1,): [0.2, 0.2, 0.6], (2,): [0.7, 0.2, 0.1], (1, 2): [0.4, 0.3, 0.3]}
#: What has ended is likelier than all that goes on.
ENDS = {(): [0.8, 0.15, 0.05], (1,): [0.5, 0.3, 0.2], (2,): [0.4, 0.3, 0.3]}


def table(rng, tokens, length, sharp=0.7):
    """A step in which every sequence that has not ended has chances of its own."""
    going = [so_far for n in range(length) for so_far in itertools.product(range(1, tokens), repeat=n)]
    return steps(
        {so_far: (0.97 * rng.dirichlet([sharp] * tokens) + 0.03 / tokens).round(4).tolist() for so_far in going}
    )


@exercise("beam", points=4, objective=WRITE)
class Beam:
    """(tokens, score): the best sequence that a beam of this width finds, and the sum of its logarithms."""

    def oracle(step, width, length):
        tokens = range(len(step([])))
        kept = {()}
        for n in range(1, length + 1):
            everything = [one for m in range(1, n + 1) for one in itertools.product(tokens, repeat=m)]
            ended = [one for one in everything if one in kept and one[-1] == 0]
            longer = [one for one in everything if one[:-1] in kept and 0 not in one[:-1]]
            kept = set(sorted(ended + longer, key=lambda one: -_score(step, one))[:width])
        best = max(kept, key=lambda one: _score(step, one))
        return list(best), _score(step, best)

    examples = [
        probe(steps(TWO_WAYS), 1, 2),
        probe(steps(TWO_WAYS), 2, 2),
        probe(steps(AT_ONCE), 2, 2),
        probe(steps(UNFINISHED), 2, 2),
        probe(steps(UNFINISHED), 3, 3),
        probe(steps(TWO_WAYS), 3, 1),
        probe(steps(ENDS), 2, 2),
        probe(table(np.random.default_rng(44), 3, 4, 1.0), 2, 4),
        probe(table(np.random.default_rng(1), 4, 3), 3, 3),
    ]

    def hidden(rng):
        for tokens, length, width in (
            (3, 3, 2),
            (4, 4, 2),
            (4, 4, 3),
            (5, 3, 4),
            (3, 5, 2),
            (4, 3, 1),
            (3, 4, 200),
            (2, 4, 2),
        ):
            for sharp in (0.4, 1.5):
                yield probe(table(rng, tokens, length, sharp), width, length)

    probabilities_added = mistake(
        "You add up probabilities. That several things *all* happen has the product of their chances: add up the logarithms, which `step` "
        "gives.",
        lambda step, width, length: search(step, width, length, value=np.exp),
    )
    greedy = mistake(
        "That is the greedy way: only the best one is kept, whatever the width.",
        lambda step, width, length: search(step, 1, length),
    )
    goes_on = mistake(
        "Sequences that have ended are continued in yours. Behind a 0 nothing comes: such a sequence stays as it is, with its score.",
        lambda step, width, length: search(step, width, length, ended="continued"),
    )
    ended_lost = mistake(
        "Sequences that have ended are lost at the next step. They stay, and compete with those that go on.",
        lambda step, width, length: search(step, width, length, ended="lost"),
    )
    ended_apart = mistake(
        "You set those that have ended aside, beside `width` others. They count among the `width` that are kept.",
        lambda step, width, length: search(step, width, length, ended="apart"),
    )
    ended_alone = mistake(
        "Only a sequence that has ended is returned by yours. Where a longer one is likelier, it counts as it stands.",
        lambda step, width, length: search(step, width, length, ended="alone"),
    )
    first_to_end = mistake(
        "You return the first sequence that ends. A likelier one may end later.",
        lambda step, width, length: search(step, width, length, ended="first"),
    )
    width_for_each = mistake(
        "You keep the best `width` continuations of *each* sequence, so that they become more and more. It is `width` over all.",
        lambda step, width, length: search(step, width, length, each=True),
    )
    width_ignored = mistake(
        "You keep all of them, whatever the width. After each token only the best `width` go on.",
        lambda step, width, length: search(step, 10**6, length),
    )
    mean = mistake(
        "You divide by how many tokens there are. That is done, too, to favour longer ones; here the plain sum decides.",
        lambda step, width, length: search(step, width, length, rank=lambda one, score: score / max(len(one), 1)),
    )
    as_probability = mistake(
        "The sequence is right. Its score is wanted as a logarithm: the sum, not exp of it.",
        lambda step, width, length: (lambda one, score: (one, math.exp(score)))(*search(step, width, length)),
    )
    end_cut_off = mistake(
        "The score is right. The 0 at the end belongs to the sequence: by it one sees that it has ended.",
        lambda step, width, length: (lambda one, score: ([token for token in one if token], score))(
            *search(step, width, length)
        ),
    )
    one_short = mistake(
        "Yours stop one token early: a sequence may have `length` tokens, the 0 among them.",
        lambda step, width, length: search(step, width, length - 1),
    )
    one_long = mistake(
        "Yours go on for one token too many: a sequence may have `length` tokens, the 0 among them.",
        lambda step, width, length: search(step, width, length + 1),
    )
    worst = mistake(
        "You keep the least likely ones. Logarithms of chances are negative: nearest to 0 is the best.",
        lambda step, width, length: search(step, width, length, rank=lambda one, score: -score),
    )
    last_token_alone = mistake(
        "You hand the last token to `step`. What comes next depends on all that came before: hand the whole sequence over.",
        lambda step, width, length: search(lambda one: step(one[-1:]), width, length),
    )
    last_step_alone = mistake(
        "The score is that of the last token alone. A sequence's score is the sum over all of its tokens.",
        lambda step, width, length: search(step, width, length, carry=0.0),
    )
    all_of_them = mistake(
        "You return all that were kept. The best one is asked for, and its score.",
        lambda step, width, length: search(step, width, length, everything=True),
    )
    end_not_counted = mistake(
        "The 0 at the end is in your sequence and not in its score. Its chance counts like any other's: add its logarithm.",
        lambda step, width, length: search(step, width, length, of_end=0.0),
    )
    score_missing = mistake(
        "The sequence is right. Its score is asked for as well: return tokens, score.",
        lambda step, width, length: search(step, width, length)[0],
    )
    score_first = mistake(
        "Both are right, in the wrong order: the tokens first, then the score.",
        lambda step, width, length: search(step, width, length)[::-1],
    )


def _score(step, one):
    """The sum of the logarithms along a sequence."""
    return float(sum(step(one[:i])[token] for i, token in enumerate(one)))


def search(
    step,
    width,
    length,
    *,
    value=lambda row: row,
    ended="kept",
    each=False,
    rank=lambda one, score: score,
    carry=1.0,
    of_end=1.0,
    everything=False,
):
    """A beam search that may go wrong in one way: see the mistakes above."""
    kept, aside = [([], 0.0)], []

    def best_of(some, most=None):
        return sorted(some, key=lambda pair: -rank(*pair))[:most]

    for _ in range(length):
        found = []
        for one, score in kept:
            if 0 in one and ended != "continued":
                found += [] if ended in ("lost", "apart") else [(one, score)]
                continue
            longer = [
                ([*one, token], carry * score + (1.0 if token else of_end) * float(s))
                for token, s in enumerate(value(step(one)))
            ]
            found += best_of(longer, width if each else None)
        kept = best_of(found, None if each else width)
        if ended == "apart":
            aside += [pair for pair in best_of(found) if 0 in pair[0]][:width]
            kept = best_of([pair for pair in found if 0 not in pair[0]], width)
        done = [pair for pair in kept if 0 in pair[0]]
        if ended == "first" and done:
            return done[0]
        if not kept:
            break
    if everything:
        return best_of(kept)
    over = [pair for pair in kept if 0 in pair[0]]
    return best_of(over if ended == "alone" and over else [*kept, *aside] or [([], 0.0)])[0]
