import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import MANY

#: Three leaves: the first one left of the root, the others below the second node.
THREE = np.array([[0, 0], [0, 1], [0, 1]]), np.array([[1, 0], [-1, 1], [-1, -1]])
#: Five leaves; node 2 stands at the top, and no path is as long as its number suggests.
FIVE = (
    np.array([[2, 0, 0], [2, 0, 1], [2, 0, 1], [2, 3, 0], [2, 3, 0]]),
    np.array([[1, 1, 0], [1, -1, 1], [1, -1, -1], [-1, 1, 0], [-1, -1, 0]]),
)


@exercise("hierarchical_softmax", points=3, objective=MANY, rtol=1e-5, atol=1e-9)
class HierarchicalSoftmax:
    """The probability of each class: along its path, the product of sigmoid(sign * score of the node); no turn where the sign is 0."""

    def oracle(paths, signs, scores):
        from scipy.special import expit

        found = []
        for nodes, turns in zip(np.asarray(paths).tolist(), np.asarray(signs).tolist(), strict=True):
            share = 1.0
            for node, turn in zip(nodes, turns, strict=True):
                left = float(expit(scores[node]))
                share *= {1: left, -1: 1 - left, 0: 1.0}[turn]
            found.append(share)
        return np.array(found)

    examples = [
        probe(*THREE, np.array([0.0, 0.0])),
        probe(*THREE, np.array([1.0, -2.0])),
        probe(np.array([[0], [0]]), np.array([[1], [-1]]), np.array([0.8])),
        probe(*FIVE, np.array([0.5, -1.0, 2.0, 0.25])),
    ]

    def hidden(rng):
        for classes in (2, 3, 5, 9, 16, 40):
            paths, signs = a_tree(rng, classes)
            yield probe(paths, signs, rng.normal(size=classes - 1) * rng.choice([0.5, 2.0, 6.0]))

    sign_ignored = mistake(
        "The sign of a turn is ignored, so that left and right are equally likely. To the right it is sigmoid(-score), which is "
        "1 - sigmoid(score).",
        lambda paths, signs, scores: along(paths, signs, scores, lambda s, z: sigmoid(z)),
    )
    turned = mistake(
        "Left and right are swapped: +1 stands for sigmoid(score), -1 for sigmoid(-score).",
        lambda paths, signs, scores: along(paths, signs, scores, lambda s, z: sigmoid(-s * z)),
    )
    sign_outside = mistake(
        "The sign stands outside of the sigmoid, and makes a probability negative. It belongs inside: sigmoid(sign * score).",
        lambda paths, signs, scores: along(paths, signs, scores, lambda s, z: s * sigmoid(z)),
    )
    sum_for_product = mistake(
        "You add the probabilities of the turns. All of them must happen, so they are multiplied.",
        lambda paths, signs, scores: np.where(signs != 0, sigmoid(signs * scores[paths]), 0.0).sum(axis=1),
    )
    mean_of_turns = mistake(
        "You take the mean of the turns. All of them must happen, so they are multiplied.",
        lambda paths, signs, scores: (
            np.where(signs != 0, sigmoid(signs * scores[paths]), 0.0).sum(axis=1) / (signs != 0).sum(axis=1)
        ),
    )
    no_turn_is_a_half = mistake(
        "Where the sign is 0 there is no turn any more, but sigmoid(0) is one half: short paths are divided by 2 for each place that "
        "they do not need. Leave such places out.",
        lambda paths, signs, scores: sigmoid(signs * scores[paths]).prod(axis=1),
    )
    no_turn_is_left = mistake(
        "A sign of 0 is taken for a turn at node 0. It is no turn at all: the path has ended.",
        lambda paths, signs, scores: sigmoid(np.where(signs < 0, -1, 1) * scores[paths]).prod(axis=1),
    )
    sum_of_scores = mistake(
        "One sigmoid of the sum of a path's scores. Each turn is a question of its own: a sigmoid each, then the product.",
        lambda paths, signs, scores: sigmoid((signs * scores[paths]).sum(axis=1)),
    )
    logarithms = mistake(
        "Those are the logarithms of the probabilities. Raise them: np.exp.",
        lambda paths, signs, scores: np.log(HierarchicalSoftmax.oracle(paths, signs, scores)),
    )
    full_softmax = mistake(
        "That is a softmax over the paths' sums. The tree needs none: the product of its turns adds up to 1 by itself.",
        lambda paths, signs, scores: softmax((signs * scores[paths]).sum(axis=1)),
    )
    scores_not_looked_up = mistake(
        "You take the scores in their order, one for each step of a path. Step i of a path is at node paths[class, i]; its score is "
        "scores[node].",
        lambda paths, signs, scores: along(
            np.tile(np.arange(paths.shape[1]) % len(scores), (len(paths), 1)),
            signs,
            scores,
            lambda s, z: sigmoid(s * z),
        ),
    )
    last_turn_only = mistake(
        "Only the last turn of a path counts here. The product runs over all of them.",
        lambda paths, signs, scores: HierarchicalSoftmax.oracle(
            paths, signs * (np.cumsum(signs != 0, axis=1) == (signs != 0).sum(axis=1, keepdims=True)), scores
        ),
    )
    first_turn_only = mistake(
        "Only the first turn of a path counts here. The product runs over all of them.",
        lambda paths, signs, scores: HierarchicalSoftmax.oracle(paths[:, :1], signs[:, :1], scores),
    )


def sigmoid(z):
    """1 / (1 + exp(-z)), without overflow."""
    return np.exp(-np.logaddexp(0, -np.asarray(z, float)))


def softmax(z):
    """exp(z), over its sum."""
    raised = np.exp(z - z.max())
    return raised / raised.sum()


def along(paths, signs, scores, turn):
    """The product of `turn(sign, score)` over the turns of each path."""
    return np.where(signs != 0, turn(signs, np.asarray(scores)[paths]), 1.0).prod(axis=1)


def a_tree(rng, classes):
    """The paths and signs of a binary tree, made by joining two parts at random; the root has any number."""
    numbers = rng.permutation(classes - 1)
    parts = [[(label, [])] for label in range(classes)]  # each a list of (leaf, turns from the leaf up)
    for node in numbers:
        left, right = (parts.pop(int(rng.integers(len(parts)))) for _ in range(2))
        parts.append(
            [(label, [*path, (node, 1)]) for label, path in left]
            + [(label, [*path, (node, -1)]) for label, path in right]
        )
    ((*leaves,),) = parts
    depth = max(len(path) for _, path in leaves)
    paths, signs = np.zeros((classes, depth), int), np.zeros((classes, depth), int)
    for label, path in leaves:
        for place, (node, sign) in enumerate(reversed(path)):
            paths[label, place], signs[label, place] = node, sign
    return paths, signs
