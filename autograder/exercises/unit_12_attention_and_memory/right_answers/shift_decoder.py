"""Right answers to `shift_decoder`, each written in another way."""

PAD, GO, END = 0, 1, 2


def sliced_and_filled(labels, length):
    kept = list(labels[: length - 1])
    fill = [PAD] * (length - 1 - len(kept))
    return [GO, *kept, *fill], [*kept, END, *fill]


def with_a_loop(labels, length):
    inputs, targets = [GO], []
    for label in labels:
        if len(inputs) == length:
            break
        inputs.append(label)
        targets.append(label)
    targets.append(END)
    while len(inputs) < length:
        inputs.append(PAD)
    while len(targets) < length:
        targets.append(PAD)
    return inputs, targets


def one_sequence_shifted(labels, length):
    whole = [GO] + list(labels)[: length - 1] + [END] + [PAD] * length
    inputs = [PAD if token == END else token for token in whole[:length]]
    return inputs, whole[1 : length + 1]


def with_numpy(labels, length):
    import numpy as np

    kept = np.array(labels[: length - 1], int)
    inputs, targets = np.full(length, PAD), np.full(length, PAD)
    inputs[0], targets[len(kept)] = GO, END
    inputs[1 : len(kept) + 1] = targets[: len(kept)] = kept
    return inputs.tolist(), targets.tolist()


def with_itertools(labels, length):
    from itertools import chain, islice, repeat

    kept = list(islice(labels, length - 1))
    inputs = islice(chain([GO], kept, repeat(PAD)), length)
    targets = islice(chain(kept, [END], repeat(PAD)), length)
    return list(inputs), list(targets)


def place_by_place(labels, length):
    last = min(len(labels), length - 1)
    inputs = [GO if i == 0 else labels[i - 1] if i <= last else PAD for i in range(length)]
    targets = [labels[i] if i < last else END if i == last else PAD for i in range(length)]
    return inputs, targets
