import math

from autograder.exercise import exercise, mistake, probe

from .shared import SCORE


@exercise("top5_score", points=3, objective=SCORE)
class Top5Score:
    """P R / (P + R): P adds up the share of hits at each of five positions by its logarithm, R is the share of labels found."""

    def oracle(relevant, ranked):
        hits = [[int(label in own) for label in five[:5]] for own, five in zip(relevant, ranked, strict=True)]
        precision = 0.0
        for position in range(1, 6):
            there = sum(row[position - 1] for row in hits if len(row) >= position)
            precision += there / len(relevant) / math.log(position + 1)
        labels = sum(len(own) for own in relevant)
        recall = sum(map(sum, hits)) / labels if labels else 0.0
        return precision * recall / (precision + recall) if precision + recall else 0.0

    examples = [
        probe([{7}], [[7, 1, 2, 3, 4]]),
        probe([{7}], [[1, 7, 2, 3, 4]]),
        probe([{1, 2, 3, 4, 5}], [[1, 2, 3, 4, 5]]),
        probe([{3}, {4, 5, 6}], [[3, 9, 8, 7, 6], [9, 4, 8, 5, 1]]),
        probe([{7}, {8}], [[1, 2, 3, 4, 5], [9, 8, 7, 6, 5]]),
        probe([{7}], [[1, 2, 3, 4, 5]]),
        probe([{2, 7}], [[1, 2, 3, 4, 5, 7]]),
        probe([{2, 3}, {5}], [[2], [4, 5]]),
        probe([{0, 2}, {2}], [[3], [4, 2, 0]]),
        probe([{1, 2, 3, 4, 5, 6, 7, 8}, {9}], [[1, 2, 3, 10, 11], [9, 2, 3, 4, 5]]),
        probe([set(), {4}], [[1, 2, 3, 4, 5], [3, 4, 1, 2, 0]]),
        probe([set()], [[1, 2, 3, 4, 5]]),
    ]

    def hidden(rng):
        for n, labels, most, given in ((3, 8, 3, 5), (10, 28, 2, 5), (40, 28, 4, 5), (12, 12, 7, 8), (6, 6, 2, 3)):
            relevant = [set(rng.permutation(labels)[: rng.integers(1, most + 1)].tolist()) for _ in range(n)]
            yield probe(relevant, [rng.permutation(labels)[:given].tolist() for _ in range(n)])
            yield probe(relevant, [[*own, *(set(range(labels)) - own)][:given] for own in relevant])
        yield probe([set(), {1, 2}, {3}], [rng.permutation(6).tolist() for _ in range(3)])
        yield probe([{0}, {1}], [[], rng.permutation(5).tolist()])
        yield probe([{6}, {7}], [rng.permutation(6).tolist() for _ in range(2)])
        yield probe([set(), set()], [rng.permutation(6)[:5].tolist() for _ in range(2)])

    log2 = mistake(
        "You take the logarithm to the base 2, as a discounted gain does. Here it is the natural one, `math.log`.",
        lambda relevant, ranked: score(relevant, ranked, log=math.log2),
    )
    log10 = mistake(
        "You take the logarithm to the base 10. Here it is the natural one, `math.log`.",
        lambda relevant, ranked: score(relevant, ranked, log=math.log10),
    )
    no_logarithm = mistake(
        "You divide by the position + 1 itself. It is its logarithm by which a hit at the end counts less.",
        lambda relevant, ranked: score(relevant, ranked, log=lambda position: position),
    )
    not_discounted = mistake(
        "A hit at the end counts as much as one at the beginning in yours. The share of hits at a position is divided by ln(position + 1).",
        lambda relevant, ranked: score(relevant, ranked, log=lambda position: 1.0),
    )
    one_position_late = mistake(
        "Your first position is divided by ln 3. Positions count from 1: the first is divided by ln 2, the fifth by ln 6.",
        lambda relevant, ranked: score(relevant, ranked, shift=2),
    )
    mean_of_recalls = mistake(
        "You take each text's share of found labels, and their mean. R counts all together: hits of all texts by labels of all texts.",
        lambda relevant, ranked: score(relevant, ranked, recall=lambda found, own: mean(found, own)),
    )
    recall_of_five = mistake(
        "You count five labels a text at most. R divides by *all* labels, also where a text has more than five.",
        lambda relevant, ranked: score(
            relevant, ranked, recall=lambda found, own: sum(found) / (sum(min(5, n) for n in own) or 1)
        ),
    )
    recall_of_answers = mistake(
        "You divide the hits by the number of answers. That is a precision; R divides by the number of true labels.",
        lambda relevant, ranked: score(
            relevant, ranked, recall=lambda found, own: sum(found) / (sum(len(five[:5]) for five in ranked) or 1)
        ),
    )
    recall_of_texts = mistake(
        "You divide the hits by the number of texts. R divides by the number of true labels, of which a text may have several.",
        lambda relevant, ranked: score(relevant, ranked, recall=lambda found, own: sum(found) / len(own)),
    )
    doubled = mistake(
        "You double it, as F1 does. This score is P R / (P + R), without the 2.",
        lambda relevant, ranked: 2 * score(relevant, ranked),
    )
    scaled_to_half = mistake(
        "You scale it so that a full score is 0.5, as an older text has it. P is more than 1 where all is right: nothing is divided.",
        lambda relevant, ranked: score(relevant, ranked, scale=1 / sum(1 / math.log(n + 1) for n in range(1, 6))),
    )
    mean_precision = mistake(
        "You divide P by five, or take a mean over the positions. It is a sum.",
        lambda relevant, ranked: score(relevant, ranked, scale=0.2),
    )
    precision_up_to = mistake(
        "You take the share of hits *up to* a position. P@pos counts the hits at this very position.",
        lambda relevant, ranked: score(relevant, ranked, up_to=True),
    )
    sums_for_shares = mistake(
        "P grows with the number of texts in yours. P@pos is the *share* of texts with a hit at this position: divide by how many texts "
        "there are.",
        lambda relevant, ranked: score(relevant, ranked, scale=len(relevant)),
    )
    all_positions = mistake(
        "You look at more than five answers. Positions 1 to 5 count, for P and for R.",
        lambda relevant, ranked: score(relevant, ranked, most=1000),
    )
    four_positions = mistake(
        "You look at four positions. There are five: `range(1, 6)`.",
        lambda relevant, ranked: score(relevant, ranked, most=4),
    )
    mean_of_scores = mistake(
        "You compute a score for each text, and take the mean. P and R count all texts together first.",
        lambda relevant, ranked: sum(score([own], [five]) for own, five in zip(relevant, ranked)) / len(relevant),
    )
    short_ones_left_out = mistake(
        "You divide P@pos by the number of texts that have an answer there. It is the number of all texts: who says less finds less.",
        lambda relevant, ranked: score(relevant, ranked, answered=True),
    )
    unlabelled_left_out = mistake(
        "You leave texts without labels out of the count. P@pos is a share of *all* texts.",
        lambda relevant, ranked: score(relevant, ranked, scale=len(relevant) / (sum(map(bool, relevant)) or 1)),
    )
    cut_to_the_shortest = mistake(
        "You look at all texts only as far as the shortest list of answers goes: `zip(*ranked)` ends there.",
        lambda relevant, ranked: score(relevant, [five[: min(map(len, ranked))] for five in ranked]),
    )
    padded_with_zeros = mistake(
        "You fill short lists of answers up with 0, and 0 may be a label of the text.",
        lambda relevant, ranked: score(relevant, [(five + [0] * 5)[:5] for five in ranked]),
    )
    recall_of_different_labels = mistake(
        "R divides by the number of all true labels, text by text: a label that two texts have counts twice.",
        lambda relevant, ranked: score(
            relevant, ranked, recall=lambda found, own: sum(found) / (len(set().union(*relevant)) or 1)
        ),
    )
    recall_of_all_answers = mistake(
        "P looks at five answers in yours, R at all of them. Positions 1 to 5 count for both.",
        lambda relevant, ranked: score(
            relevant,
            ranked,
            recall=lambda found, own: sum(len(a & {*b}) for a, b in zip(relevant, ranked)) / (sum(own) or 1),
        ),
    )
    first_hit_only = mistake(
        "You stop at the first hit of a text. All of its labels count that are among the five.",
        lambda relevant, ranked: score(relevant, ranked, hits=first_hit),
    )
    places_as_labels = mistake(
        "You look at as many answers as a text has labels. Five count, however many labels there are.",
        lambda relevant, ranked: score(relevant, [five[: len(own)] for own, five in zip(relevant, ranked)], most=5),
    )
    full_where_nothing_is_asked = mistake(
        "Where no text has a label yours gives the full 1. Nothing was found: P and R are 0, and so is the score.",
        lambda relevant, ranked: score(relevant, ranked) if any(relevant) else 1.0,
    )
    precision_alone = mistake(
        "That is P. The score is P R / (P + R).",
        lambda relevant, ranked: parts(relevant, ranked)[0],
    )
    recall_alone = mistake(
        "That is R. The score is P R / (P + R).",
        lambda relevant, ranked: parts(relevant, ranked)[1],
    )

    @mistake("Where nothing is found P and R are 0, and 0 / 0 is no number. The score is 0.0 then.")
    def nothing_found(relevant, ranked):
        precision, recall = parts(relevant, ranked)
        return precision * recall / (precision + recall)


def mean(found, own):
    """The mean share of found labels, over texts that have any."""
    some = [hits / n for hits, n in zip(found, own, strict=True) if n]
    return sum(some) / len(some) if some else 0.0


def first_hit(row):
    """The hits of a text up to the first."""
    return row[: row.index(1) + 1] if 1 in row else row


def parts(relevant, ranked, *, log=math.log, shift=1, most=5, up_to=False, answered=False, recall=None, hits=list):
    """(P, R), or what is wrong in what is given."""
    hits = [hits([int(label in own) for label in some[:most]]) for own, some in zip(relevant, ranked, strict=True)]
    precision = 0.0
    for place in range(max(map(len, hits), default=0)):
        if up_to:
            there = sum(sum(row[: place + 1]) / (place + 1) for row in hits)
        else:
            there = sum(row[place] for row in hits if len(row) > place)
        by = sum(len(row) > place for row in hits) if answered else len(relevant)
        precision += there / by / log(place + 1 + shift)
    own = [len(each) for each in relevant]
    found = list(map(sum, hits))
    return precision, recall(found, own) if recall else sum(found) / (sum(own) or 1)


def score(relevant, ranked, *, scale=1.0, **wrong):
    """P R / (P + R), or what is wrong in what is given; P times `scale`."""
    precision, recall = parts(relevant, ranked, **wrong)
    precision *= scale
    return precision * recall / (precision + recall) if precision + recall else 0.0
