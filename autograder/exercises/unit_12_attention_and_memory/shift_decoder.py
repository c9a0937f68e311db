from autograder.exercise import exercise, mistake, probe

from .shared import WRITE

PAD, GO, END = 0, 1, 2


@exercise("shift_decoder", points=2, objective=WRITE)
class ShiftDecoder:
    """(inputs, targets), two lists of `length` ids: GO before the labels, END behind them, PAD up to the length."""

    def oracle(labels, length):
        inputs, targets = dict.fromkeys(range(length), PAD), dict.fromkeys(range(length), PAD)
        kept = min(len(labels), length - 1)
        inputs[0] = GO
        for place in range(kept):
            targets[place] = inputs[place + 1] = labels[place]
        targets[kept] = END
        return [inputs[place] for place in range(length)], [targets[place] for place in range(length)]

    examples = [
        probe([7, 4], 4),
        probe([5, 9, 3, 8], 6),
        probe([5, 9, 3, 8], 5),
        probe([6, 11, 4, 10, 3], 4),
        probe([], 3),
        probe([12], 1),
        probe([5, 300, 5], 6),
    ]

    def hidden(rng):
        for count, length in ((1, 2), (1, 5), (3, 8), (6, 7), (6, 6), (9, 3), (0, 1), (4, 2)):
            yield probe([int(label) for label in rng.permutation(range(3, 31))[:count]], length)
        again = [int(label) for label in rng.permutation(range(250, 400))[:3]]
        yield probe([*again, *again[::-1]], 8)  # as in sequences that are to be written backwards

    repeated = mistake(
        "The second label stands twice in the inputs, as an older text has it, so that every later input stands one place too late. "
        "Input i + 1 is target i.",
        lambda labels, length: (
            fill([GO, *labels[:2], *labels[1 : length - 1]], length),
            ShiftDecoder.oracle(labels, length)[1],
        ),
    )
    end_in_inputs = mistake(
        "END stands in the inputs. Once it has been said, the network is not asked again: it is a target only.",
        lambda labels, length: (
            fill([GO, *labels[: length - 1], END], length),
            ShiftDecoder.oracle(labels, length)[1],
        ),
    )
    end_cut_off = mistake(
        "Where there are too many labels, END is cut off, and such a network never learns to stop. Keep length - 1 labels, and END behind "
        "them.",
        lambda labels, length: (fill([GO, *labels], length), fill([*labels, END], length)),
    )
    end_in_place_of_last = mistake(
        "The targets are right. Of the inputs the last label is gone: GO and length - 1 labels fit.",
        lambda labels, length: (
            fill([GO, *labels[: max(length - 2, 0)]], length),
            ShiftDecoder.oracle(labels, length)[1],
        ),
    )
    not_shifted = mistake(
        "Inputs and targets stand side by side: at each place the network is *given* what it is to say. The inputs begin with GO, one "
        "place later. (`inputs = targets = ...` makes two names of *one* list.)",
        lambda labels, length: (
            ShiftDecoder.oracle(labels, length)[1],
            ShiftDecoder.oracle(labels, length)[1],
        ),
    )
    go_in_targets = mistake(
        "GO stands in the targets. Nobody is to say it: it is the first input, and the first target is the first label.",
        lambda labels, length: (
            ShiftDecoder.oracle(labels, length)[0],
            fill([GO, *labels[: max(length - 2, 0)], END], length),
        ),
    )
    no_end = mistake(
        "END is missing in the targets: without it the network never learns to stop.",
        lambda labels, length: (ShiftDecoder.oracle(labels, length)[0], fill(labels[: length - 1], length)),
    )
    no_go = mistake(
        "GO is missing in the inputs: before the first label there is something to begin with.",
        lambda labels, length: (fill(labels[: length - 1], length), ShiftDecoder.oracle(labels, length)[1]),
    )
    padded_before = mistake(
        "Your padding stands at the front. It comes behind everything else.",
        lambda labels, length: tuple(
            [PAD] * side.count(PAD) + [each for each in side if each != PAD]
            for side in ShiftDecoder.oracle(labels, length)
        ),
    )
    not_padded = mistake(
        "Short lists are not filled up: both have `length` ids, PAD at the end.",
        lambda labels, length: tuple([each for each in side if each] for side in ShiftDecoder.oracle(labels, length)),
    )
    end_at_the_end = mistake(
        "END stands in the last place, behind the padding. It comes right after the last label.",
        lambda labels, length: (
            ShiftDecoder.oracle(labels, length)[0],
            [*fill(labels[: length - 1], length - 1), END],
        ),
    )
    swapped = mistake(
        "Inputs and targets are exchanged: (inputs, targets), and the inputs begin with GO.",
        lambda labels, length: ShiftDecoder.oracle(labels, length)[::-1],
    )
    sorted_labels = mistake(
        "You have sorted the labels. Keep them in the order in which they came.",
        lambda labels, length: ShiftDecoder.oracle(sorted(labels), length),
    )
    last_labels = mistake(
        "Where there are too many labels you keep the last ones. The first ones are to stay.",
        lambda labels, length: ShiftDecoder.oracle(labels[len(labels) - min(len(labels), length - 1) :], length),
    )
    negative_cut = mistake(
        "`labels[:-0]` is `labels[:0]`: where nothing is too many, all labels are gone. Cut from the front: `labels[: length - 1]`.",
        lambda labels, length: ShiftDecoder.oracle(labels[: -max(0, len(labels) + 1 - length)], length),
    )
    as_places = mistake(
        "You add 3 to each label. They are ids already, each at least 3.",
        lambda labels, length: ShiftDecoder.oracle([label + 3 for label in labels], length),
    )
    nothing_to_write = mistake(
        "A text without labels has an END all the same: the network is to learn to write nothing, and to stop.",
        lambda labels, length: (
            ShiftDecoder.oracle(labels, length) if labels else (fill([GO], length), fill([], length))
        ),
    )
    nothing_at_all = mistake(
        "A text without labels has a GO and an END all the same: the network is to learn to write nothing, and to stop.",
        lambda labels, length: ShiftDecoder.oracle(labels, length) if labels else (fill([], length), fill([], length)),
    )
    cut_too_late = mistake(
        "As many labels as `length` are too many already: GO, or END, makes one id more. Cut to length - 1, whatever their number is.",
        lambda labels, length: (
            ([GO, *labels], [*labels, END]) if len(labels) == length else ShiftDecoder.oracle(labels, length)
        ),
    )
    one_longer = mistake(
        "Your lists have length + 1 ids. GO, or END, counts among the `length`, so length - 1 labels fit.",
        lambda labels, length: ShiftDecoder.oracle(labels, length + 1),
    )
    one_label_fewer = mistake(
        "Where there are too many labels you keep length - 2. In each list GO, or END, takes one place only: length - 1 labels fit.",
        lambda labels, length: ShiftDecoder.oracle(
            labels[: max(length - 2, 0)] if len(labels) > length - 1 else labels, length
        ),
    )
    repeats_lost = mistake(
        "A label that comes twice is lost in yours. Keep all of them, in their order.",
        lambda labels, length: ShiftDecoder.oracle(list(dict.fromkeys(labels)), length),
    )


def fill(ids, length):
    """The first `length` of these, PAD behind them where there are fewer."""
    return (list(ids) + [PAD] * length)[:length]
