import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import VOTE, said, softmax

#: Two of three say class 0, hardly; the third says class 1, and is sure.
SURE = np.array([[[1.0, 0.0]], [[1.0, 0.0]], [[0.0, 7.0]]])
#: As many members as texts and classes: a weight on the wrong axis fits as well.
SQUARE = np.array([[[2.0, 0.0], [1.0, 3.0]], [[4.0, 6.0], [0.0, 1.0]]])


def usable(logits, weights=None):
    """Refuse weights by which nothing can be weighed."""
    if weights is not None and (np.min(weights) < 0 or not np.sum(weights) > 0):
        raise ValueError(f"weights are {weights}; none may be negative, and one must be more than 0")


@exercise("soft_vote", points=2, objective=VOTE, refuses=usable, dtype="any")
class SoftVote:
    """The weighted mean of what the members say, (n, classes); without weights all count the same."""

    def oracle(logits, weights=None):
        usable(logits, weights)
        members, n, classes = logits.shape
        shares = [1.0] * members if weights is None else [float(weight) for weight in weights]
        voted = np.zeros((n, classes))
        for text in range(n):
            for label in range(classes):
                of_members = [share * float(logits[m, text, label]) for m, share in enumerate(shares)]
                voted[text, label] = sum(of_members) / sum(shares)
        return voted

    examples = [
        probe(SURE),
        probe(SURE.astype(int), [2, 1.5, 1.5]),
        probe(SQUARE),
        probe(SQUARE, np.array([3.0, 1.0])),
        probe(SQUARE, np.array([0.0, 0.5])),
        probe(np.array([[[2.0, -4.0, 6.0]]]), np.array([5.0])),
        probe(SQUARE, np.array([2.0, -1.0])),
        probe(SQUARE, np.array([-2.0, -1.0])),
        probe(SQUARE, np.array([0.0, 0.0])),
    ]

    def hidden(rng):
        for members, n, classes in ((3, 4, 5), (5, 2, 3), (2, 6, 4), (4, 4, 4), (9, 3, 2)):
            yield probe(said(rng, members, n, classes))
            yield probe(said(rng, members, n, classes), np.round(rng.uniform(0.1, 3, members), 1))
        yield probe(said(rng, 3, 4, 2), np.array([0.0, 2.5, 0.0]))
        yield probe(said(rng, 3, 4, 2), rng.integers(1, 6, 3))
        yield probe(said(rng, 2, 5, 3), [0.5, int(rng.integers(1, 6))])
        yield probe(said(rng, 2, 3, 2).astype("float32"), np.array([0.25, 0.25]))
        yield probe(said(rng, 4, 1, 3), np.array([-0.5, 3.0, 1.0, float(rng.integers(1, 4))]))
        yield probe(said(rng, 3, 2, 3), np.zeros(3))
        yield probe(said(rng, 3, 2, 2), -np.round(rng.uniform(0.1, 3, 3), 1))
        yield probe(said(rng, 3, 2, 2), np.array([-1.0, 4.0, -1.0]))

    votes_of_classes = mistake(
        "You count how many members would choose each class. That forgets how sure each is: add up what they say, and choose "
        "afterwards.",
        lambda logits, weights=None: voted(np.eye(logits.shape[2])[logits.argmax(axis=2)], weights),
    )
    whole_numbers = mistake(
        "The logits are whole numbers here, and your array, of their type, cuts off what stands behind the point. Make one of float.",
        lambda logits, weights=None: voted(logits, weights).astype(logits.dtype),
    )
    not_normalised = mistake(
        "Your weights do not add up to 1, so that twice the weights give twice the numbers. Divide by their sum.",
        lambda logits, weights=None: voted(logits, weights) * (1 if weights is None else np.sum(weights)),
    )
    divided_by_the_members = mistake(
        "You divide by how many members there are. With weights, it is their *sum* that makes a mean of it.",
        lambda logits, weights=None: voted(logits, weights) * (1 if weights is None else np.mean(weights)),
    )
    only_summed = mistake(
        "That is the sum. The largest stays the largest, but the size of the numbers now depends on how many vote: divide, by the number "
        "of members or by the sum of the weights.",
        lambda logits, weights=None: voted(logits, weights) * (len(logits) if weights is None else np.sum(weights)),
    )
    weights_ignored = mistake(
        "The weights have no effect in yours.",
        lambda logits, weights=None: voted(logits, None),
    )
    over_texts = mistake(
        "You average over the texts. Axis 0 are the members, axis 1 the texts.",
        lambda logits, weights=None: logits.mean(axis=1),
    )
    over_classes = mistake(
        "You average over the classes. Axis 0 are the members.",
        lambda logits, weights=None: logits.mean(axis=2),
    )
    weights_on_texts = mistake(
        "Your weights fall on the texts or the classes. `weights[:, None, None]` stands along the first axis, the members.",
        lambda logits, weights=None: (
            logits.mean(axis=0)
            if weights is None or len(weights) != logits.shape[2]
            else (logits * np.asarray(weights)).sum(axis=0) / np.sum(weights)
        ),
    )
    probabilities = mistake(
        "You make probabilities of the logits first. That is another vote, by probabilities: here the logits themselves are averaged.",
        lambda logits, weights=None: voted(softmax(logits), weights),
    )
    softmax_afterwards = mistake(
        "The mean is right, and then a softmax goes over it. The mean of the logits itself is asked for.",
        lambda logits, weights=None: softmax(voted(logits, weights)),
    )
    chosen = mistake(
        "You return the class that is chosen. The mean logits are asked for, (n, classes): whoever wants a class takes argmax of them.",
        lambda logits, weights=None: voted(logits, weights).argmax(axis=1),
    )
    largest = mistake(
        "You take the largest that any member says. Then one member that shouts decides alone: take the mean.",
        lambda logits, weights=None: logits.max(axis=0),
    )
    median = mistake(
        "You take the member in the middle. The mean is asked for.",
        lambda logits, weights=None: np.median(logits, axis=0) if weights is None else voted(logits, weights),
    )
    softmax_of_weights = mistake(
        "A softmax over the weights makes them add up to 1, but changes their shares: 3 to 1 becomes 7 to 1. Divide by the sum.",
        lambda logits, weights=None: voted(logits, None if weights is None else softmax(np.asarray(weights, float))),
    )
    needs_weights = mistake(
        "Without weights yours returns a sum. `weights` is None then, and all members count the same: a mean.",
        lambda logits, weights=None: logits.sum(axis=0) if weights is None else voted(logits, weights),
    )
    negative_taken = mistake(
        "A negative weight would turn a member's votes round, and yours says nothing. It should raise ValueError.",
        lambda logits, weights=None: voted(logits, weights),
        refuses=lambda logits, weights=None: usable(logits, None if weights is None else np.abs(weights)),
    )
    all_negative_taken = mistake(
        "Weights that are all negative pass in yours: divided by their sum, or multiplied, they look positive. Look at each weight "
        "before you divide.",
        lambda logits, weights=None: voted(logits, weights),
        refuses=lambda logits, weights=None: usable(
            logits, weights if weights is None or np.max(weights) >= 0 else np.abs(weights)
        ),
    )
    along_texts = mistake(
        "Your weights stand along the texts, axis 1. `weights[:, None, None]` stands along the first axis, the members.",
        lambda logits, weights=None: (
            (logits * (shares := np.ones(len(logits)) if weights is None else np.asarray(weights, float))[:, None]).sum(
                axis=0
            )
            / shares.sum()
        ),
    )
    zeros_taken = mistake(
        "Weights that are all 0 weigh nothing, and yours divides by 0. It should raise ValueError.",
        lambda logits, weights=None: voted(logits, weights),
        refuses=lambda logits, weights=None: usable(
            logits, None if weights is None else np.asarray(weights) + (1 if not np.any(weights) else 0)
        ),
    )
    zero_refused = mistake(
        "You refuse a weight of 0. It is a member that does not vote, and that may be.",
        lambda logits, weights=None: voted(logits, weights),
        refuses=lambda logits, weights=None: (
            usable(logits, weights) or usable(logits, None if weights is None or np.all(weights) else np.zeros(1))
        ),
    )


def voted(logits, weights):
    """The weighted mean over the members."""
    shares = np.ones(len(logits)) if weights is None else np.asarray(weights, float)
    with np.errstate(all="ignore"):
        return np.einsum("m,mnc->nc", shares / shares.sum(), logits)
