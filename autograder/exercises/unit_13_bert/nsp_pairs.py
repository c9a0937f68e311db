import functools
import itertools
import math
from itertools import pairwise

import numpy as np

from autograder.exercise import exercise, mistake, probe
from course_utils.chance import pairs_often

from .shared import TASKS, drawn_once, elsewhere, from_a_deck, lots, pairs

FEW = 4_500  # draws of all pairs: a share is then off by at most 0.0075, one standard deviation

TWO = [["It rains.", "We stay in."], ["Stocks fell."]]
UNEQUAL = [["a1", "a2", "a3"], ["b1"], ["c1", "c2"]]


def two_documents(documents, rng):
    """Refuse what has no second document to draw from."""
    if len(documents) < 2:
        raise ValueError("one document alone has no sentence from elsewhere")


def drawn_from(others):
    """A wrong answer whose false sentences are drawn from `others(documents, number, i)`."""
    return pairs_often(lambda documents, rng: pairs(documents, rng, functools.partial(others, documents)))


def by_document(documents, rng):
    """A coin for each pair, the same for those of a document."""
    return np.repeat(rng.random(len(documents)) < 0.5, [len(each) - 1 for each in documents])


def halves(documents, rng):
    """A coin for each pair, half of them true, where their number is even."""
    return rng.permutation((np.arange(len(by_document(documents, rng))) + rng.integers(2)) % 2)


@exercise(
    "nsp_pairs",
    points=2,
    objective=TASKS,
    refuses=two_documents,
    rtol=0,
    atol=0.035,
    time_limit=30.0,
    all_or_nothing=True,
)
class NspPairs:
    """(a, b, is_next) for each sentence a that another follows: half with that one, 1, half with one of another document, 0."""

    def oracle(documents, rng):
        two_documents(documents, rng)
        firsts, false, mean = [], [], {}
        for number, document in enumerate(documents):
            others = [each for other, texts in enumerate(documents) if other != number for each in texts]
            for a, b in zip(document, document[1:], strict=False):
                firsts.append(a)
                false.append(others)
                for pair, share in [((a, b, 1), 0.5), *(((a, each, 0), 0.5 / len(others)) for each in others)]:
                    mean[pair] = mean.get(pair, 0.0) + share
        alike = [
            sum(one.count(b) * other.count(b) for b in set(one)) / (len(one) * len(other))
            for one, other in pairwise(false)
        ]
        true = {k: math.comb(len(firsts), k) / 2 ** len(firsts) for k in range(len(firsts) + 1)}
        return {
            "first sentences": {tuple(firsts): 1.0},
            "true pairs in a call": true,
            "each pair in a call": mean,
            "of two false pairs in turn: the same sentence": sum(alike) / max(len(alike), 1),
        }

    examples = [
        probe(TWO, lots(11, FEW)),
        probe(UNEQUAL, lots(12, FEW)),
        probe([["a1", "a2", "a3"], ["a1", "a2", "a3"]], lots(13, FEW)),
        probe([["alone."], ["alone, too."]], lots(14, 100)),
        probe([["one", "two", "three"]], lots(15, 100)),
        probe([["one"]], lots(16, 100)),
        probe([], lots(17, 100)),
        probe([["x1", "x2", "x3"], ["yes", "y1", "yes"]], lots(18, FEW)),
    ]

    def hidden(rng):
        def draws():
            return lots(rng.integers(1 << 30), FEW)

        yield probe([["p", "q"], ["r", "s", "t", "u"][: int(rng.integers(3, 5))]], draws())
        yield probe([["m"], ["n", "o"], ["v", "w"]], draws())
        yield probe([["i", "j"], ["k", "l", "x", "y", "z"][: int(rng.integers(1, 6))]], draws())
        yield probe([["e", "f", "g"], ["h", "h", "h2"]], draws())
        yield probe([["d", "d2"]], draws())

    each_once = mistake(
        "A sentence that stands twice among the others counts once in yours. Each of them is as likely: it comes twice as often.",
        drawn_from(lambda documents, number, i: sorted(set(elsewhere(documents, number)))),
    )
    last_never_drawn = mistake(
        "The last of the others' sentences is never drawn. `rng.integers(n)` gives 0 to n - 1 already.",
        drawn_from(lambda documents, number, i: elsewhere(documents, number)[:-1] or elsewhere(documents, number)),
    )
    takes_no_document = mistake(
        "Without any document there is no other one to draw from either. Fewer than two: that should raise ValueError.",
        pairs_often(lambda documents, rng: two_documents(documents, rng) or pairs(documents, rng) if documents else []),
        refuses=None,
    )
    one_false_sentence = mistake(
        "One false sentence is drawn for all pairs of a document. Each pair draws a sentence of its own.",
        pairs_often(lambda documents, rng: pairs(documents, rng, drawn_once(documents, rng))),
    )
    never_twice = mistake(
        "A false sentence that was drawn is not drawn again for the next pair. Each pair draws from all of them.",
        pairs_often(lambda documents, rng: pairs(documents, rng, from_a_deck(documents, rng))),
    )
    from_the_same_document = mistake(
        "Your false pairs come from the same document, where a sentence may well fit. Draw it from another document.",
        drawn_from(lambda documents, number, i: documents[number]),
    )
    from_anywhere = mistake(
        "Your false pairs may come from the sentence's own document, too. Draw from the other documents alone.",
        drawn_from(lambda documents, number, i: [each for document in documents for each in document]),
    )

    @mistake(
        "The last sentence of a document is paired with the first of the next one, as if that followed. Pairs stay within a document."
    )
    @pairs_often
    def crosses_documents(documents, rng):
        found = []
        flat = [(number, each) for number, document in enumerate(documents) for each in document]
        for (number, a), (_, b) in zip(flat, flat[1:], strict=False):
            others = [each for other, each in flat if other != number]
            found.append((a, b, 1) if rng.random() < 0.5 else (a, others[rng.integers(len(others))], 0))
        return found

    from_the_next_document = mistake(
        "Your false pairs always come from the document that follows. Every sentence of every other document is as likely.",
        drawn_from(lambda documents, number, i: documents[(number + 1) % len(documents)]),
    )

    @mistake(
        "You draw the document first, and then a sentence of it, so that those of short documents come more often. All are as likely."
    )
    @pairs_often
    def the_document_first(documents, rng):
        def others(number, i):
            other = int(rng.integers(len(documents) - 1))
            return documents[other + (other >= number)]

        return pairs(documents, rng, others)

    @mistake(
        "You tell other documents by what is in them. Two documents may be alike, and each is another one to the other: go by their number."
    )
    @pairs_often
    def told_by_content(documents, rng):
        found = []
        for document in documents:
            others = [each for other in documents if other != document for each in other]
            for a, b in zip(document, document[1:], strict=False):
                true = rng.random() < 0.5 or not others
                found.append((a, b, 1) if true else (a, others[rng.integers(len(others))], 0))
        return found

    in_turn = mistake(
        "No chance decides which pairs are true: they come strictly in turn, so that a call always has as many. Let each draw by itself.",
        pairs_often(lambda documents, rng: pairs(documents, rng, coins=itertools.cycle([True, False]))),
    )
    one_draw_a_document = mistake(
        "One draw decides for all pairs of a document. Each pair gets a draw of its own.",
        pairs_often(lambda documents, rng: pairs(documents, rng, coins=iter(by_document(documents, rng)))),
    )
    exactly_half = mistake(
        "Half of your pairs are true in each call, never one more or less. Let each pair draw by itself: then their number varies.",
        pairs_often(lambda documents, rng: pairs(documents, rng, coins=iter(halves(documents, rng)))),
    )
    always_next = mistake(
        "All of your pairs are true ones. Half of them should be false, or there is nothing to learn.",
        pairs_often(lambda documents, rng: pairs(documents, rng, share=1.0)),
    )
    never_next = mistake(
        "None of your pairs is a true one. Half of them should be.",
        pairs_often(lambda documents, rng: pairs(documents, rng, share=0.0)),
    )
    labels_turned_round = mistake(
        "The labels are the wrong way round: 1 where b follows a, 0 where it was drawn from elsewhere.",
        pairs_often(lambda documents, rng: [(a, b, 1 - is_next) for a, b, is_next in pairs(documents, rng)]),
    )
    the_other_way_round = mistake(
        "The two sentences have changed places: first the one that is given, then the one that follows or was drawn.",
        pairs_often(lambda documents, rng: [(b, a, is_next) for a, b, is_next in pairs(documents, rng)]),
    )
    one_draw_for_all = mistake(
        "One draw decides for all pairs of a call. Each pair gets a draw of its own.",
        pairs_often(lambda documents, rng: pairs(documents, rng, share=float(rng.random() < 0.5))),
    )

    @mistake(
        "You give each sentence both: a true pair and a false one. One of the two is asked for, each half the time."
    )
    @pairs_often
    def both(documents, rng):
        found = zip(pairs(documents, rng, share=1.0), pairs(documents, rng, share=0.0), strict=True)
        return [pair for two in found for pair in two]

    without_overlap = mistake(
        "Here each sentence is used once: 1 and 2, 3 and 4. Each sentence that another one follows begins a pair: 1 and 2, 2 and 3.",
        pairs_often(lambda documents, rng: pairs(documents, rng, step=2)),
    )

    @mistake(
        "The last sentence of a document begins a pair as well, always a false one. Only a sentence that another follows begins one."
    )
    @pairs_often
    def last_sentences_too(documents, rng):
        found = []
        for number, document in enumerate(documents):
            others = elsewhere(documents, number)
            for i, a in enumerate(document):
                true = i + 1 < len(document) and rng.random() < 0.5
                found.append((a, document[i + 1], 1) if true else (a, others[rng.integers(len(others))], 0))
        return found

    without_labels = mistake(
        "Each pair is a text in yours, or has no label. A pair is a tuple of three: (a, b, 1) or (a, b, 0).",
        pairs_often(lambda documents, rng: [(a, b) for a, b, _ in pairs(documents, rng)]),
    )
    takes_one_document = mistake(
        "A single document has no other one to draw from. That should raise ValueError.",
        pairs_often(lambda documents, rng: pairs(documents, rng) if len(documents) > 1 else []),
        refuses=None,
    )

    @mistake(
        "Documents of one sentence are left out altogether in yours. They begin no pair, but their sentence may be drawn for another's."
    )
    @pairs_often
    def short_ones_left_out(documents, rng):
        kept = [each for each in documents if len(each) > 1]
        return pairs(kept, rng) if len(kept) > 1 else []

    @mistake(
        "Yours draws the same each time: a generator that is made anew inside the function begins anew. Draw from the `rng` that you "
        "are given."
    )
    @pairs_often
    def generator_of_its_own(documents, rng):
        return pairs(documents, np.random.default_rng(0))
