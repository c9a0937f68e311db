import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import VALIDATE


def numbered(n, width=2):
    """n rows and n labels in which every number tells where it came from."""
    return 10.0 * np.arange(n)[:, None] + np.arange(width), np.arange(n) % 3


def impossible(x, y, n):
    """Refuse what cannot be split into two parts."""
    if len(x) != len(y) or not 0 < n < len(x):
        raise ValueError(f"cannot split {len(x)} examples and {len(y)} labels at {n}")


@exercise("split_validation", points=2, objective=VALIDATE, refuses=impossible)
class SplitValidation:
    """((x_train, y_train), (x_val, y_val)): the first n examples for validation, all others for training."""

    def oracle(x, y, n):
        impossible(x, y, n)
        return (np.delete(x, np.s_[:n], axis=0), np.delete(y, np.s_[:n])), (np.array(x[:n]), np.array(y[:n]))

    examples = [
        probe(*numbered(3), 1),
        probe(*numbered(7), 2),
        probe(*numbered(5), 5),
        probe(numbered(4)[0], numbered(5)[1], 2),
        probe(*numbered(4), 0),
        probe(numbered(5)[0], numbered(4)[1], 2),
        probe(*numbered(4), -1),
        probe(*numbered(3), 4),
    ]

    def hidden(rng):
        for _ in range(5):
            size = int(rng.integers(8, 30))
            yield probe(rng.normal(size=(size, 3)), rng.integers(0, 2, size=size), int(rng.integers(2, size // 2)))
        yield probe(*numbered(6), 9)
        yield probe(numbered(6)[0], numbered(4)[1], 2)
        yield probe(*numbered(6), -1)

    leak = mistake(
        "A leak: your training part still contains the validation examples. The network would be examined on what it has "
        "learned by heart, and every curve would look better than it is.",
        lambda x, y, n: ((x, y), (x[:n], y[:n])),
    )
    mismatched = mistake(
        "Texts and labels are mismatched: the texts come from one end of the data, the labels from the other.",
        lambda x, y, n: ((x[n:], y[:-n]), (x[:n], y[-n:])),
    )
    swapped = mistake(
        "The two pairs are swapped: training comes first, then validation, and n is the size of the *validation* part.",
        lambda x, y, n: SplitValidation.oracle(x, y, n)[::-1],
    )
    last_n = mistake(
        "You hold out the last n examples. That is just as sound, but the text asks for the first n, so that all curves agree.",
        lambda x, y, n: ((x[:-n], y[:-n]), (x[-n:], y[-n:])),
    )
    paired_wrongly = mistake(
        "You pair texts with texts and labels with labels. Return (x_train, y_train), (x_val, y_val).",
        lambda x, y, n: ((x[n:], x[:n]), (y[n:], y[:n])),
    )
    no_errors = mistake(
        "The parts are right, but an impossible n, or lengths that disagree, go through unnoticed. Raise ValueError for them.",
        lambda x, y, n: ((x[n:], y[n:]), (x[:n], y[:n])),
        refuses=None,
    )

    all_held_out = mistake(
        "You let n be the number of all examples, which leaves none to train on. The task asks for 0 < n < number of examples.",
        lambda x, y, n: ((x[n:], y[n:]), (x[:n], y[:n])),
        refuses=lambda x, y, n: impossible(np.append(x[:, 0], 0), np.append(y, 0), n),
    )
    four_in_a_row = mistake(
        "Those are the right four arrays in one tuple. Two pairs are asked for: `(x_train, y_train), (x_val, y_val)`.",
        lambda x, y, n: (x[n:], y[n:], x[:n], y[:n]),
    )
    one_lost = mistake(
        "One example is lost: it is neither in the training part nor in the validation part. x[:n] ends before position n, and "
        "x[n:] begins there.",
        lambda x, y, n: ((x[n + 1 :], y[n + 1 :]), (x[:n], y[:n])),
    )
    shuffled = mistake(
        "You shuffle first. The text asks for the first n as they come, so that all curves agree.",
        lambda x, y, n: ((x[::-1][n:], y[::-1][n:]), (x[::-1][:n], y[::-1][:n])),
    )
