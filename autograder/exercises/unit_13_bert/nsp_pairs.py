import math

from autograder.exercise import exercise, mistake, probe
from course_utils.chance import pairs_often

from .shared import TASKS, elsewhere, lots, pairs

FEW = 4_500  # draws of all pairs: a share is then off by at most 0.0075, one standard deviation

TWO = [["It rains.", "We stay in."], ["Stocks fell."]]
UNEQUAL = [["a1", "a2", "a3"], ["b1"], ["c1", "c2"]]


def two_documents(documents, rng):
    """Refuse what has no second document to draw from."""
    if len(documents) < 2:
        raise ValueError("one document alone has no sentence from elsewhere")


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
        firsts, mean = [], {}
        for number, document in enumerate(documents):
            others = [each for other, texts in enumerate(documents) if other != number for each in texts]
            for a, b in zip(document, document[1:], strict=False):
                firsts.append(a)
                for pair, share in [((a, b, 1), 0.5), *(((a, each, 0), 0.5 / len(others)) for each in others)]:
                    mean[pair] = mean.get(pair, 0.0) + share
        true = {k: math.comb(len(firsts), k) / 2 ** len(firsts) for k in range(len(firsts) + 1)}
        return {"first sentences": {tuple(firsts): 1.0}, "true pairs in a call": true, "each pair in a call": mean}

    examples = [
        probe(TWO, lots(11, FEW)),
        probe(UNEQUAL, lots(12, FEW)),
        probe([["a1", "a2", "a3"], ["a1", "a2", "a3"]], lots(13, FEW)),
        probe([["alone."], ["alone, too."]], lots(14, 100)),
        probe([["one", "two", "three"]], lots(15, 100)),
        probe([["one"]], lots(16, 100)),
    ]

    def hidden(rng):
        def draws():
            return lots(rng.integers(1 << 30), FEW)

        yield probe([["p", "q"], ["r", "s", "t", "u"][: int(rng.integers(3, 5))]], draws())
        yield probe([["m"], ["n", "o"], ["v", "w"]], draws())
        yield probe([["i", "j"], ["k", "l", "x", "y", "z"][: int(rng.integers(1, 6))]], draws())
        yield probe([["e", "f", "g"], ["h"]], draws())
        yield probe([["d", "d2"]], draws())

    @mistake(
        "Your false pairs come from the same document. A sentence of the same place may well fit, and the question would have no "
        "answer: draw it from another document."
    )
    @pairs_often
    def from_the_same_document(documents, rng):
        two_documents(documents, rng)
        return pairs(documents, rng, lambda number, i: documents[number])

    @mistake("Your false pairs may come from the sentence's own document, too. Draw from the other documents alone.")
    @pairs_often
    def from_anywhere(documents, rng):
        two_documents(documents, rng)
        return pairs(documents, rng, lambda number, i: [each for document in documents for each in document])

    @mistake(
        "The last sentence of a document is paired with the first of the next one, as if that followed. Pairs stay within a document."
    )
    @pairs_often
    def crosses_documents(documents, rng):
        two_documents(documents, rng)
        found = []
        flat = [(number, each) for number, document in enumerate(documents) for each in document]
        for (number, a), (_, b) in zip(flat, flat[1:], strict=False):
            others = [each for other, each in flat if other != number]
            found.append((a, b, 1) if rng.random() < 0.5 else (a, others[rng.integers(len(others))], 0))
        return found

    @mistake(
        "Your false pairs always come from the document that follows. Every sentence of every other document is as likely."
    )
    @pairs_often
    def from_the_next_document(documents, rng):
        two_documents(documents, rng)
        return pairs(documents, rng, lambda number, i: documents[(number + 1) % len(documents)])

    @mistake(
        "You draw the document first, and then a sentence of it, so that sentences of short documents come more often. Every sentence "
        "of the other documents is as likely."
    )
    @pairs_often
    def the_document_first(documents, rng):
        two_documents(documents, rng)

        def others(number, i):
            other = int(rng.integers(len(documents) - 1))
            return documents[other + (other >= number)]

        return pairs(documents, rng, others)

    @mistake(
        "You tell other documents by what is in them. Two documents may be alike, and each is another one to the other: go by their number."
    )
    @pairs_often
    def told_by_content(documents, rng):
        two_documents(documents, rng)
        found = []
        for document in documents:
            others = [each for other in documents if other != document for each in other]
            for a, b in zip(document, document[1:], strict=False):
                true = rng.random() < 0.5 or not others
                found.append((a, b, 1) if true else (a, others[rng.integers(len(others))], 0))
        return found

    @mistake(
        "No chance decides which pairs are true: they come strictly in turn, so that a call always has as many. Let each pair draw by "
        "itself."
    )
    @pairs_often
    def in_turn(documents, rng):
        two_documents(documents, rng)
        found = []
        for number, document in enumerate(documents):
            others = elsewhere(documents, number)
            for a, b in zip(document, document[1:], strict=False):
                true = len(found) % 2 == 0
                found.append((a, b, 1) if true else (a, others[rng.integers(len(others))], 0))
        return found

    @mistake("All of your pairs are true ones. Half of them should be false, or there is nothing to learn.")
    @pairs_often
    def always_next(documents, rng):
        two_documents(documents, rng)
        return pairs(documents, rng, None, share=1.0)

    @mistake("None of your pairs is a true one. Half of them should be.")
    @pairs_often
    def never_next(documents, rng):
        two_documents(documents, rng)
        return pairs(documents, rng, None, share=0.0)

    @mistake("The labels are the wrong way round: 1 where b follows a, 0 where it was drawn from elsewhere.")
    @pairs_often
    def labels_turned_round(documents, rng):
        two_documents(documents, rng)
        return [(a, b, 1 - is_next) for a, b, is_next in pairs(documents, rng, None)]

    @mistake(
        "The two sentences have changed places: first the one that is given, then the one that follows or was drawn."
    )
    @pairs_often
    def the_other_way_round(documents, rng):
        two_documents(documents, rng)
        return [(b, a, is_next) for a, b, is_next in pairs(documents, rng, None)]

    @mistake("One draw decides for all pairs of a call. Each pair gets a draw of its own.")
    @pairs_often
    def one_draw_for_all(documents, rng):
        two_documents(documents, rng)
        return pairs(documents, rng, None, share=float(rng.random() < 0.5))

    @mistake(
        "You give each sentence both: a true pair and a false one. One of the two is asked for, each half the time."
    )
    @pairs_often
    def both(documents, rng):
        two_documents(documents, rng)
        found = zip(pairs(documents, rng, None, share=1.0), pairs(documents, rng, None, share=0.0), strict=True)
        return [pair for two in found for pair in two]

    @mistake(
        "Here each sentence is used once: 1 and 2, 3 and 4. Each sentence that another one follows begins a pair: 1 and 2, 2 and 3."
    )
    @pairs_often
    def without_overlap(documents, rng):
        two_documents(documents, rng)
        return pairs(documents, rng, None, step=2)

    @mistake(
        "The last sentence of a document begins a pair as well, always a false one. Then the network learns to know last sentences. "
        "Only a sentence that another follows begins a pair."
    )
    @pairs_often
    def last_sentences_too(documents, rng):
        two_documents(documents, rng)
        found = []
        for number, document in enumerate(documents):
            others = elsewhere(documents, number)
            for i, a in enumerate(document):
                true = i + 1 < len(document) and rng.random() < 0.5
                found.append((a, document[i + 1], 1) if true else (a, others[rng.integers(len(others))], 0))
        return found

    @mistake("Each pair is a text in yours, or has no label. A pair is a tuple of three: (a, b, 1) or (a, b, 0).")
    @pairs_often
    def without_labels(documents, rng):
        two_documents(documents, rng)
        return [(a, b) for a, b, _ in pairs(documents, rng, None)]

    @mistake("A single document has no other one to draw from. That should raise ValueError.", refuses=None)
    @pairs_often
    def takes_one_document(documents, rng):
        return pairs(documents, rng, None) if len(documents) > 1 else []

    @mistake(
        "Documents of one sentence are left out altogether in yours. They begin no pair, but their sentence may be drawn for another's."
    )
    @pairs_often
    def short_ones_left_out(documents, rng):
        two_documents(documents, rng)
        kept = [each for each in documents if len(each) > 1]
        return pairs(kept, rng, None) if len(kept) > 1 else []

    @mistake(
        "Yours draws the same each time: a generator that is made anew inside the function begins anew. Draw from the `rng` that you "
        "are given."
    )
    @pairs_often
    def generator_of_its_own(documents, rng):
        import numpy as np

        two_documents(documents, rng)
        return pairs(documents, np.random.default_rng(0), None)
