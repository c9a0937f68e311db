"""Right answers to `skipgram_pairs`, each written in another way."""


def with_range(tokens, window):
    pairs = []
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(len(tokens), i + window + 1)):
            if j != i:
                pairs.append((center, tokens[j]))
    return pairs


def with_slices(tokens, window):
    pairs = []
    for i, center in enumerate(tokens):
        context = tokens[max(0, i - window) : i] + tokens[i + 1 : i + 1 + window]
        pairs += [(center, word) for word in context]
    return pairs


def with_steps(tokens, window):
    steps = [step for step in range(-window, window + 1) if step != 0]
    return [(tokens[i], tokens[i + s]) for i in range(len(tokens)) for s in steps if 0 <= i + s < len(tokens)]


def with_permutations(tokens, window):
    from itertools import permutations

    return [(a, b) for (i, a), (j, b) in permutations(enumerate(tokens), 2) if abs(i - j) <= window]


def with_a_generator(tokens, window):
    def pairs():
        for i in range(len(tokens)):
            for j in range(len(tokens)):
                if i != j and -window <= i - j <= window:
                    yield tokens[i], tokens[j]

    return list(pairs())


def with_numpy(tokens, window):
    import numpy as np

    places = np.arange(len(tokens))
    distance = np.abs(places[:, None] - places[None, :])
    return [(tokens[i], tokens[j]) for i, j in np.argwhere((distance > 0) & (distance <= window))]
