"""Right answers to `augment`, each written in another way."""

from itertools import combinations

import numpy as np

from course_utils.chance import often

from ..augment import a_synonym, replaceable
from ..shared import geometric, pick


@often
def shuffled_places(tokens, synonyms, p, q, rng):
    places = [i for i, token in enumerate(tokens) if synonyms.get(token)]
    rng.shuffle(places)
    new = tokens.copy()
    for i in places[: pick(rng, geometric(p, len(places)))]:
        near = synonyms[new[i]]
        new[i] = near[pick(rng, geometric(q, len(near) - 1))]
    return new


@often
def throws(tokens, synonyms, p, q, rng):
    def draw(chance, most):
        while True:
            k = 0
            while rng.random() < chance:
                k += 1
            if k <= most:
                return k

    places = [i for i in range(len(tokens)) if len(synonyms.get(tokens[i], [])) > 0]
    r = draw(p, len(places))
    chosen = set(rng.permutation(places)[:r].tolist())
    return [synonyms[word][draw(q, len(synonyms[word]) - 1)] if i in chosen else word for i, word in enumerate(tokens)]


@often
def lots_for_all_places(tokens, synonyms, p, q, rng):
    places = np.array([i for i, token in enumerate(tokens) if len(synonyms.get(token, ()))], dtype=int)
    r = pick(rng, geometric(p, len(places)))
    chosen = places[np.argsort(rng.random(len(places)))[:r]]
    return [a_synonym(synonyms[token], q, rng) if i in chosen else token for i, token in enumerate(tokens)]


@often
def sets_of_places(tokens, synonyms, p, q, rng):
    places = replaceable(tokens, synonyms)
    sets = list(combinations(places, pick(rng, geometric(p, len(places)))))
    chosen = sets[rng.integers(len(sets))]
    return [a_synonym(synonyms[w], q, rng) if i in chosen else w for i, w in enumerate(tokens)]


@often
def one_place_after_another(tokens, synonyms, p, q, rng):
    left = sum(1 for token in tokens if synonyms.get(token))
    wanted, new = pick(rng, geometric(p, left)), []
    for token in tokens:
        if not synonyms.get(token):
            new.append(token)
            continue
        taken = rng.random() < wanted / left  # what is still wanted, of what is still to come
        new.append(a_synonym(synonyms[token], q, rng) if taken else token)
        wanted, left = wanted - taken, left - 1
    return new


@often
def changed_in_a_copy(tokens, synonyms, p, q, rng):
    import copy

    new = copy.deepcopy(tokens)
    places = {i: synonyms[token] for i, token in enumerate(tokens) if token in synonyms and synonyms[token] != []}
    for _ in range(pick(rng, geometric(p, len(places)))):
        i, near = list(places.items())[rng.integers(len(places))]
        new[i] = a_synonym(near, q, rng)
        del places[i]
    return new
