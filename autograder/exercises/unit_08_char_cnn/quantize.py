import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import QUANTIZE

#: Zhang, Zhao and LeCun (2015): 26 letters, 10 digits, 33 other characters (the hyphen is among them twice) and the new line.
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-,;.!?:'\"/\\|_@#$%^&*~`+-=<>()[]{}\n"

ABC = "abc"


@exercise("quantize", points=2, objective=QUANTIZE)
class Quantize:
    """The ids of a text's characters, (length,) integers: the place in the alphabet, counted from 1; 0 for anything else."""

    def oracle(text, alphabet, length, reverse):
        ids = {character: number for number, character in enumerate(alphabet, start=1)}
        row = np.zeros(length, int)
        kept = text.lower()[:length]
        for i, character in enumerate(kept):
            row[len(kept) - 1 - i if reverse else i] = ids.get(character, 0)
        return row

    examples = [
        probe("Cab", ABC, 5, False),
        probe("a cab!", ABC, 8, False),
        probe("a cB", ABC, 6, True),
        probe("abccb", ABC, 3, False),
        probe("abccb", ABC, 3, True),
        probe("It's 5 pm, isn't it?\nYes.", ALPHABET, 30, True),
        probe("", ABC, 3, True),
        probe("ab", ABC, 4, True),
        probe("ABC-cba", "cab-", 7, False),
        probe(" b  a", ABC, 6, False),
        probe("ba ", ABC, 5, True),
    ]

    def hidden(rng):
        known = ALPHABET.replace("-", "")  # which of its two places a hyphen gets does not matter
        characters = list(known.upper() + known + "   éß")
        for length in (4, 12, 40, 100, 200):
            for reverse in (False, True):
                text = "".join(rng.choice(characters, size=rng.integers(5, 60)))
                yield probe(text, ALPHABET, length, reverse)
        yield probe("  two  gaps ", ALPHABET, 15, bool(rng.integers(2)))
        yield probe("at the end \t ", ALPHABET, 40, True)
        letters = "".join(rng.permutation(list("xyzuvw+*/")))
        yield probe("".join(rng.choice([*letters, " "], size=25)), letters, 25, bool(rng.integers(2)))

    unknown_has_an_id = mistake(
        "What is not in the alphabet gets an id of its own here, and so a channel of its own. In the paper it has none: "
        "spaces and unknown characters are 0, all channels zero, like the padding.",
        lambda text, alphabet, length, reverse: row_of(
            [place(c, alphabet) or len(alphabet) + 1 for c in text.lower()[:length]], length, reverse
        ),
    )
    unknown_lost = mistake(
        "You leave out what is not in the alphabet, spaces above all, so that words run together. Each character keeps its "
        "place: write 0 there.",
        lambda text, alphabet, length, reverse: row_of(
            [place(c, alphabet) for c in text.lower() if c in alphabet][:length], length, reverse
        ),
    )
    stripped = mistake(
        "You take the spaces off at the ends of the text. They are characters too: each keeps its place, and its id is 0.",
        lambda text, alphabet, length, reverse: row_of(places(text.strip()[:length], alphabet), length, reverse),
    )
    spaces_collapsed = mistake(
        "Of several spaces in a row you keep one, or none: `split` loses them. Each of them keeps its place, and its id is 0.",
        lambda text, alphabet, length, reverse: row_of(
            places(" ".join(text.split())[:length], alphabet), length, reverse
        ),
    )
    case_kept = mistake(
        "Capital letters are 0 in your result. The alphabet has lower-case letters only: turn the text into lower case first.",
        lambda text, alphabet, length, reverse: row_of([place(c, alphabet) for c in text[:length]], length, reverse),
    )
    find_as_it_is = mistake(
        "Off by one, and `find` says -1 for what it does not find: ids count from 1 (`a` is 1), so that 0 is left for what is "
        "not in the alphabet. As an index, -1 would quietly be the last row of a table.",
        lambda text, alphabet, length, reverse: row_of(
            [alphabet.find(c) for c in text.lower()[:length]], length, reverse
        ),
    )
    from_zero = mistake(
        "Off by one: your ids count from 0, so that `a` looks like padding. The first character has id 1.",
        lambda text, alphabet, length, reverse: row_of(
            [max(0, alphabet.find(c)) for c in text.lower()[:length]], length, reverse
        ),
    )

    @mistake("Your zeros are on the wrong side: the text begins at place 0, and the padding comes after it.")
    def padded_in_front(text, alphabet, length, reverse):
        row = row_of(places(text[:length], alphabet), length, not reverse)
        return row[::-1].copy()

    @mistake(
        "Read backwards, your row begins with the padding. Turn the text round, not the padded row: its last character comes first."
    )
    def reversed_with_padding(text, alphabet, length, reverse):
        row = row_of(places(text, alphabet), length, reverse=False)
        return row[::-1].copy() if reverse else row

    reversed_then_cut = mistake(
        "Where a text is too long, you turn it round and then cut: that throws its *beginning* away. Cut first, then turn round.",
        lambda text, alphabet, length, reverse: row_of(places(text, alphabet), length, reverse),
    )
    keeps_the_end = mistake(
        "Of a text that is too long you keep the end. Keep its beginning: the first `length` characters.",
        lambda text, alphabet, length, reverse: row_of(places(text[-length:], alphabet), length, reverse),
    )
    never_reversed = mistake(
        "Your result ignores `reverse`: where it is true, the text's last character comes first.",
        lambda text, alphabet, length, reverse: row_of(places(text, alphabet), length, reverse=False),
    )

    @mistake("The ids are right, but the row is as long as the text. Fill it with zeros up to `length`.")
    def not_padded(text, alphabet, length, reverse):
        kept = places(text[:length], alphabet)
        return np.array(kept[::-1] if reverse else kept)


def place(character, alphabet):
    """The id of a lower-case character: its place, counted from 1, or 0."""
    return alphabet.find(character) + 1


def places(text, alphabet):
    """The ids of a text's characters, as they should be."""
    return [place(character, alphabet) for character in text.lower()]


def row_of(ids, length, reverse):
    """The ids, read backwards if asked for, and zeros behind them up to `length`; what is longer is cut."""
    return np.array([*(ids[::-1] if reverse else ids), *[0] * length][:length])
