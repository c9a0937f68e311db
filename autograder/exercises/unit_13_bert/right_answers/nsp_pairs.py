"""Right answers to `nsp_pairs`, each written in another way."""

from course_utils.chance import pairs_often


@pairs_often
def with_two_loops(documents, rng):
    if len(documents) < 2:
        raise ValueError("two documents are needed")
    pairs = []
    for number, document in enumerate(documents):
        others = [text for other in documents[:number] + documents[number + 1 :] for text in other]
        for i in range(len(document) - 1):
            if rng.random() < 0.5:
                pairs.append((document[i], document[i + 1], 1))
            else:
                pairs.append((document[i], str(rng.choice(others)), 0))
    return pairs


@pairs_often
def draws_until_it_fits(documents, rng):
    if len(documents) <= 1:
        raise ValueError("there is no second document")
    places = [(number, text) for number, document in enumerate(documents) for text in document]
    pairs = []
    for number, document in enumerate(documents):
        for a, b in zip(document, document[1:]):
            is_next = int(rng.integers(2))
            while not is_next:
                other, b = places[rng.integers(len(places))]
                if other != number:
                    break
            pairs.append((a, b, is_next))
    return pairs


@pairs_often
def with_weights(documents, rng):
    import numpy as np

    if len(documents) < 2:
        raise ValueError("nothing to draw from")
    sizes = np.array([len(document) for document in documents], float)
    pairs = []
    for number, document in enumerate(documents):
        for place in range(1, len(document)):
            b, label = document[place], True
            if rng.uniform() > 0.5:
                weights = sizes * (np.arange(len(sizes)) != number)
                other = documents[rng.choice(len(documents), p=weights / weights.sum())]
                b, label = other[rng.integers(0, len(other))], False
            pairs.append((document[place - 1], b, label))
    return pairs


@pairs_often
def all_coins_first(documents, rng):
    if len(documents) <= 1:
        raise ValueError(len(documents))
    given = [(n, i) for n, document in enumerate(documents) for i in range(len(document) - 1)]
    coins = rng.integers(0, 2, size=len(given))
    pairs = []
    for (n, i), coin in zip(given, coins):
        if coin:
            pairs.append([documents[n][i], documents[n][i + 1], 1])
        else:
            others = [text for m, document in enumerate(documents) for text in document * (m != n)]
            pairs.append([documents[n][i], others[int(rng.random() * len(others))], 0])
    return pairs


@pairs_often
def as_a_generator(documents, rng):
    from itertools import chain, pairwise

    if not documents[1:]:
        raise ValueError("one document")

    def of(number):
        others = list(chain(*documents[:number], *documents[number + 1 :]))
        for a, b in pairwise(documents[number]):
            yield (a, b, 1) if rng.permutation(2)[0] else (a, others[rng.permutation(len(others))[0]], 0)

    return [pair for number in range(len(documents)) for pair in of(number)]
