from itertools import combinations, product

from autograder.exercise import exercise, mistake, probe
from course_utils.chance import often

from .shared import AUGMENT, geometric, lots, pick

FEW = 5_000  # draws of a whole text: a share is then off by at most 0.0071, one standard deviation

BIG = {"big": ["large", "great", "huge"]}
FILMS = {"good": ["fine", "well"], "film": ["movie"], "the": []}


@exercise("augment", points=3, objective=AUGMENT, rtol=0, atol=0.04, time_limit=60.0, all_or_nothing=True)
class Augment:
    """A new list of words: r of those that have synonyms are replaced, P[r] ~ p^r, by synonym number s, P[s] ~ q^s."""

    def oracle(tokens, synonyms, p, q, rng):
        places, shares = replaceable(tokens, synonyms), {}
        for r, chance in enumerate(geometric(p, len(places))):
            sets = list(combinations(places, r))
            for chosen in sets:
                for numbers in product(*[range(len(synonyms[tokens[i]])) for i in chosen]):
                    new, share = list(tokens), chance / len(sets)
                    for i, s in zip(chosen, numbers, strict=True):
                        share *= geometric(q, len(synonyms[tokens[i]]) - 1)[s]
                        new[i] = synonyms[tokens[i]][s]
                    shares[tuple(new)] = float(shares.get(tuple(new), 0) + share)
        return shares

    examples = [
        probe(["so", "big"], BIG, 0.5, 0.5, lots(4, FEW)),
        probe(["big"], BIG, 0.8, 0.4, lots(5, FEW)),
        probe(["the", "good", "film"], FILMS, 0.7, 0.3, lots(6, FEW)),
        probe(["good", "big", "good"], {"good": ["fine"], "big": ["large"]}, 0.6, 0.5, lots(7, FEW)),
        probe(["no", "good", "words"], {"good": ["fine", "nice"], "no": []}, 0.6, 0.5, lots(8, FEW)),
        probe([], BIG, 0.5, 0.5, lots(9, FEW)),
    ]

    def hidden(rng):
        def draws():
            return lots(rng.integers(1 << 30), FEW)

        yield probe(["nothing", "here"], BIG, 0.5, 0.5, draws())
        yield probe([], BIG, 0.5, 0.5, draws())
        yield probe(["a", "big", "big", "film"], {"big": ["large", "huge"], "film": ["movie"]}, 0.7, 0.6, draws())
        yield probe(["one", "two", "three"], {"one": ["1"], "two": ["2"], "three": ["3"]}, 0.9, 0.5, draws())
        yield probe(["up"], {"up": ["over", "above", "high", "on"]}, 0.9, 0.7, draws())

    @mistake(
        "You always take the first synonym. The number of the synonym is drawn too, in proportion to q ** s: the nearest is only the "
        "most likely."
    )
    @often
    def always_the_first(tokens, synonyms, p, q, rng):
        chosen = set(some_of(replaceable(tokens, synonyms), p, rng))
        return [synonyms[token][0] if i in chosen else token for i, token in enumerate(tokens)]

    @mistake(
        "It changes `tokens`, the caller's own list: the training text itself is different afterwards, and the next epoch begins with the "
        "wrong words. Replace words in a copy: new = list(tokens)."
    )
    @often
    def changes_its_input(tokens, synonyms, p, q, rng):
        tokens[:] = replaced(tokens, synonyms, some_of(replaceable(tokens, synonyms), p, rng), q, rng)
        return tokens

    @mistake("All synonyms are equally likely in your answer. Their number s is drawn in proportion to q ** s.")
    @often
    def any_synonym(tokens, synonyms, p, q, rng):
        return replaced(tokens, synonyms, some_of(replaceable(tokens, synonyms), p, rng), 1.0, rng)

    @mistake(
        "You decide for each word by itself, with chance p. Draw *how many* words first, r in proportion to p ** r, then which."
    )
    @often
    def each_word_by_itself(tokens, synonyms, p, q, rng):
        chosen = [i for i in replaceable(tokens, synonyms) if rng.random() < p]
        return replaced(tokens, synonyms, chosen, q, rng)

    replaces_all = mistake(
        "You replace every word that has a synonym. Only r of them are replaced, r in proportion to p ** r.",
        often(lambda tokens, synonyms, p, q, rng: replaced(tokens, synonyms, replaceable(tokens, synonyms), q, rng)),
    )

    @mistake("At least one word is always replaced here. r may be 0: then the text stays as it is.")
    @often
    def at_least_one(tokens, synonyms, p, q, rng):
        places = replaceable(tokens, synonyms)
        if not places:
            return list(tokens)
        r = pick(rng, geometric(p, len(places), 1), 1)
        return replaced(tokens, synonyms, rng.choice(places, size=r, replace=False), q, rng)

    @mistake(
        "You replace the first r words that have synonyms. Which words are replaced is drawn as well: every set of r is as likely."
    )
    @often
    def the_first_words(tokens, synonyms, p, q, rng):
        places = replaceable(tokens, synonyms)
        return replaced(tokens, synonyms, places[: pick(rng, geometric(p, len(places)))], q, rng)

    @mistake(
        "You may draw the same word twice, and then replace fewer than r. Choose r *different* places: replace=False."
    )
    @often
    def places_with_repeats(tokens, synonyms, p, q, rng):
        places = replaceable(tokens, synonyms)
        chosen = rng.choice(places, size=pick(rng, geometric(p, len(places)))) if places else []
        return replaced(tokens, synonyms, chosen, q, rng)

    @mistake("p and q are swapped: p is for how many words are replaced, q for which synonym comes.")
    @often
    def swapped(tokens, synonyms, p, q, rng):
        return replaced(tokens, synonyms, some_of(replaceable(tokens, synonyms), q, rng), p, rng)

    @mistake(
        "You draw r up to the number of *all* words, and then there are not so many with synonyms. `most` is the number of words "
        "that can be replaced."
    )
    @often
    def counts_all_words(tokens, synonyms, p, q, rng):
        places = replaceable(tokens, synonyms)
        r = min(pick(rng, geometric(p, len(tokens))), len(places))
        return replaced(tokens, synonyms, rng.choice(places, size=r, replace=False) if r else [], q, rng)

    @mistake(
        "A word may be in `synonyms` with an empty list. It cannot be replaced: count and choose only words whose list is not empty."
    )
    @often
    def empty_lists_too(tokens, synonyms, p, q, rng):
        places = [i for i, token in enumerate(tokens) if token in synonyms]
        chosen = rng.choice(places, size=pick(rng, geometric(p, len(places))), replace=False)
        if any(not synonyms[tokens[i]] for i in chosen):
            raise ValueError("a cannot be empty")
        return replaced(tokens, synonyms, chosen, q, rng)

    @mistake(
        "A word may be in `synonyms` with an empty list, which has no number 0. Count and choose only words whose list is not empty."
    )
    @often
    def index_into_an_empty_list(tokens, synonyms, p, q, rng):
        places = [i for i, token in enumerate(tokens) if token in synonyms]
        chosen = rng.choice(places, size=pick(rng, geometric(p, len(places))), replace=False)
        _ = [synonyms[tokens[i]][0] for i in chosen]
        return replaced(tokens, synonyms, chosen, q, rng)

    @mistake(
        "Off by one: `near[s - 1]` is the *last* synonym where s is 0, and that is the likeliest number. Numbers run from 0 to len - 1, "
        "as indices do."
    )
    @often
    def last_synonym_first(tokens, synonyms, p, q, rng):
        new = list(tokens)
        for i in some_of(replaceable(tokens, synonyms), p, rng):
            others = synonyms[tokens[i]]
            new[i] = others[pick(rng, geometric(q, len(others))) - 1]
        return new

    @mistake("Each text comes back as one string. Return a list of words, as you were given one.")
    @often
    def joined(tokens, synonyms, p, q, rng):
        return " ".join(replaced(tokens, synonyms, some_of(replaceable(tokens, synonyms), p, rng), q, rng))

    never_changes = mistake(
        "The text never changes. Draw r, choose r of the words that have synonyms, and put synonyms in their places.",
        often(lambda tokens, synonyms, p, q, rng: list(tokens)),
    )


def replaceable(tokens, synonyms):
    """The places of the words that have a synonym."""
    return [i for i, token in enumerate(tokens) if synonyms.get(token)]


def a_synonym(others, q, rng):
    """One of a word's synonyms, its number drawn in proportion to q ** s."""
    return others[pick(rng, geometric(q, len(others) - 1))]


def replaced(tokens, synonyms, chosen, q, rng):
    """A new list: at the chosen places a synonym, whose number is drawn in proportion to q ** s."""
    new = list(tokens)
    for i in chosen:
        new[i] = a_synonym(synonyms[tokens[i]], q, rng)
    return new


def some_of(places, p, rng):
    """r of the places, each set of them as likely as any other; r in proportion to p ** r."""
    return rng.choice(places, size=pick(rng, geometric(p, len(places))), replace=False) if places else []
