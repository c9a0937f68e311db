import itertools
import math

import numpy as np

from autograder.exercise import exercise, mistake, probe
from course_utils.values import steps

from .shared import WRITE, per_token, pushed_out, search, table

#: The likeliest first token is 1, and the likeliest sequence begins with 2: 0.5 * 0.4 against 0.4 * 0.9.
TWO_WAYS = {(): [0.1, 0.5, 0.4], (1,): [0.4, 0.35, 0.25], (2,): [0.9, 0.04, 0.06]}
#: To end at once is the likeliest of all, 0.4, though many longer ones begin with the likelier token 1.
AT_ONCE = {(): [0.4, 0.45, 0.15], (1,): [0.32, 0.35, 0.33], (2,): [0.5, 0.2, 0.3]}
#: The same; and the mean of the logarithms is larger for a longer one, [1, 2].
LONGER = {(): [0.4, 0.45, 0.15], (1,): [0.2, 0.3, 0.5], (2,): [0.5, 0.2, 0.3]}
#: Nothing has ended after two tokens that is as likely as [1, 2], 0.36.
UNFINISHED = {(): [0.1, 0.6, 0.3], (1,): [0.2, 0.2, 0.6], (2,): [0.7, 0.2, 0.1], (1, 2): [0.4, 0.3, 0.3]}
#: What has ended is likelier than all that goes on.
ENDS = {(): [0.8, 0.15, 0.05], (1,): [0.5, 0.3, 0.2], (2,): [0.4, 0.3, 0.3]}
#: Two that go on push [0], 0.25, out of a beam of two; none of what comes of them is as likely.
PUSHED_OUT = {
    (): [0.25, 0.6, 0.15],
    (1,): [0.02, 0.48, 0.5],
    (2,): [0.3, 0.3, 0.4],
    (1, 1): [0.3, 0.4, 0.3],
    (1, 2): [0.4, 0.3, 0.3],
}
#: The same with [0], 0.22; and of the second that goes on, [1, 1], comes what is likelier, 0.24.
OVERTAKEN = {
    (): [0.22, 0.6, 0.18],
    (1,): [0.02, 0.42, 0.56],
    (2,): [0.3, 0.3, 0.4],
    (1, 1): [0.95, 0.03, 0.02],
    (1, 2): [0.4, 0.35, 0.25],
}


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
        probe(steps(LONGER), 2, 2),
        probe(steps(ENDS), 2, 2),
        probe(steps(ENDS), 1, 2),
        probe(steps(PUSHED_OUT), 2, 3),
        probe(steps(OVERTAKEN), 2, 3),
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
        for first_ends, then in ((0.3, 0.3), (0.25, 0.9)):
            yield probe(steps(pushed_out(rng, first_ends, then)), 2, 3)

    probabilities_added = mistake(
        "You add up probabilities. That several things *all* happen has the product of their chances: add up the logarithms, which `step` "
        "gives.",
        lambda step, width, length: search(step, width, length, value=np.exp),
    )
    greedy = mistake(
        "That is the greedy way: only the best one goes on, whatever the width. (`width` copies of the empty sequence at the start stay "
        "copies: begin with one.)",
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
        lambda step, width, length: search(step, width, length, each="width"),
    )
    width_ignored = mistake(
        "You keep all of them, whatever the width. After each token only the best `width` go on.",
        lambda step, width, length: search(step, 10**6, length),
    )
    mean = mistake(
        "You divide by how many tokens there are. That is done, too, to favour longer ones; here the plain sum decides.",
        lambda step, width, length: search(step, width, length, rank=per_token),
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
    longest = mistake(
        "Of those that are kept you return the longest. The one with the largest score is asked for, however short it is.",
        lambda step, width, length: search(step, width, length, choose=lambda one, score: (len(one), score)),
    )
    ended_out_of_the_beam = mistake(
        "You take out of the beam what has ended, so that others move up. It keeps its place among the `width`, or loses it to `width` "
        "better ones.",
        lambda step, width, length: search(step, width, length, ended="left"),
    )
    ended_keeps_its_place = mistake(
        "What has ended keeps its place for good in yours, and fewer go on. It competes in each round: `width` better ones push it out.",
        lambda step, width, length: search(step, width, length, ended="places"),
    )
    ended_unless_best = mistake(
        "What has ended is lost in yours unless it is the best of its round. It stays, and competes with those that go on.",
        lambda step, width, length: search(step, width, length, ended="unless best"),
    )
    stops_when_one_ends = mistake(
        "You stop as soon as one of those that are kept has ended. The others go on: a likelier one may end later.",
        lambda step, width, length: search(step, width, length, ended="any"),
    )
    one_for_each = mistake(
        "You go on with the best continuation of *each* sequence. All continuations of all compete: two may come from the same one.",
        lambda step, width, length: search(step, width, length, each="one"),
    )
    best_of_all_rounds = mistake(
        "You return the best of all rounds. A beginning is always likelier than what continues it: the best of the *last* round counts.",
        lambda step, width, length: max(
            (search(step, width, n) for n in range(1, length + 1)), key=lambda pair: pair[1]
        ),
    )
    ends_at_first_alone = mistake(
        "Only a 0 in the first place ends a sequence in yours. Any 0 does, and it is the last token: ask `tokens[-1]`.",
        lambda step, width, length: search(step, width, length, ended="first place"),
    )
    mean_score = mistake(
        "The sequence is right. Its score is the sum of the logarithms, not their mean.",
        lambda step, width, length: (lambda one, score: (one, score / len(one)))(*search(step, width, length)),
    )
    mean_in_rounds = mistake(
        mean.hint,
        lambda step, width, length: search(step, width, length, rank=per_token, choose=lambda one, score: score),
    )
    end_put_on = mistake(
        "You put a 0 behind a sequence that has not ended. It is returned as it is, and may do without a 0.",
        lambda step, width, length: (lambda one, score: (one if 0 in one else [*one, 0], score))(
            *search(step, width, length)
        ),
    )
    zeros_behind = mistake(
        "Sequences that have ended are filled up with zeros in yours. Behind the first 0 nothing comes.",
        lambda step, width, length: search(step, width, length, ended="zeros"),
    )
    another_end = mistake(
        "You take 2 for the end, the lesson's END. Here token 0 ends a sequence.",
        lambda step, width, length: search(step, width, length, end=2),
    )
    begins_with_go = mistake(
        "You hand GO to `step`. It takes the tokens so far, and at first there are none: an empty list.",
        lambda step, width, length: (lambda one, score: (one[1:], score))(*search(step, width, length, begin=[1])),
    )
    returns_go = mistake(begins_with_go.hint, lambda step, width, length: search(step, width, length, begin=[1]))
    sorted_by_tokens = mistake(
        "You sort by the tokens: of pairs (tokens, score), tokens decide first. Sort by the score: `key=lambda pair: pair[1]`.",
        lambda step, width, length: search(step, width, length, rank=lambda one, score: one),
    )
    same_list = mistake(
        "All continuations are one list in yours, since `append` changes the list that all of them share. `tokens + [token]` makes a new "
        "one.",
        lambda step, width, length: search(step, width, length, same=True),
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
