import re
import string
from collections import Counter

from autograder.exercise import exercise, mistake, probe

from .shared import CONTAINERS, WORDS

MARKS = string.punctuation


@exercise("word_counts", points=2, objective=CONTAINERS)
class WordCounts:
    """How often each word occurs in a text, as a dict word -> count."""

    def oracle(text):
        edge = re.escape(MARKS)
        return dict(Counter(re.findall(rf"[^\s{edge}](?:\S*[^\s{edge}])?", text.lower())))

    examples = [
        probe("to be or not to be"),
        probe("The end of the film."),
        probe("It's bad, isn't it? (It's BAD!)"),
        probe("good --  very\nvery good"),
        probe("A well-made 3-D film of 1999: well-made!"),
        probe(""),
        probe("-- !"),
        probe("Café, CAFÉ: Straße!"),
    ]

    def hidden(rng):
        yield probe("")
        yield probe("... !")
        for length in (6, 10, 15, 20, 30):
            words = []
            for word in rng.choice(WORDS, size=length):
                word = str(rng.choice([str(word), str(word).upper(), str(word).capitalize()]))
                words.append(
                    str(rng.choice(["{}", "{}", "{},", "({})", '"{}"', "{}!?", "-- {}", "_{}_", "*{}*"])).format(word)
                )
            gaps = rng.choice([" ", " ", "  ", "\n", "\t"], size=length)
            yield probe("".join(word + str(gap) for word, gap in zip(words, gaps, strict=True)))
        yield probe("The the THE, the; don't... Don't  stop\n(stop) --")
        yield probe("Straße, STRASSE und Straße!")

    keeps_case = mistake(
        "`The` and `the` are counted as two words. Turn the text into lower case before you count.",
        lambda text: dict(Counter(stripped(text.split()))),
    )
    splits_only = mistake(
        "`split` alone leaves `The` beside `the` and `film.` beside `film`. Turn the text into lower case first, and take the "
        "punctuation off both ends of every piece.",
        lambda text: dict(Counter(text.split())),
    )

    @mistake(
        "`counts[word] += 1` first *looks up* the old count, and a new word has none: KeyError. `counts.get(word, 0)` is the old "
        "count, or 0."
    )
    def no_first_count(text):
        counts = {}
        for word in stripped(text.lower().split()):
            counts[word] += 1
        return counts

    keeps_punctuation = mistake(
        "`film.` and `film` are counted as two words. Take the punctuation off both ends of every piece.",
        lambda text: dict(Counter(text.lower().split())),
    )
    strips_inside = mistake(
        "`it's` became `its`. Punctuation goes at the two *ends* of a word only; inside a word it stays.",
        lambda text: dict(Counter(text.lower().translate(str.maketrans("", "", MARKS)).split())),
    )
    splits_at_apostrophes = mistake(
        "`it's` fell apart into `it` and `s`. Cut the text at white space only; inside a word punctuation stays.",
        lambda text: dict(Counter(re.findall(r"[a-z0-9]+", text.lower()))),
    )
    always_one = mistake(
        "Each word counts 1, however often it occurs: you write `1` over the old count, where you want to add 1 to it.",
        lambda text: dict.fromkeys(stripped(text.lower().split()), 1),
    )
    counts_characters = mistake(
        "Looping over a string gives its *characters*. `text.split()` gives its words.",
        lambda text: dict(Counter(text.lower())),
    )
    counts_the_empty_word = mistake(
        "The empty string `''` is among your words. It comes from a piece that was punctuation only, such as `--`, or from "
        "`split(' ')`, which finds an empty word between two spaces (`split()` does not).",
        lambda text: dict(Counter(piece.strip(MARKS) for piece in text.lower().split())),
    )
    splits_at_single_spaces = mistake(
        "`split(' ')` cuts at every single space and nowhere else: two spaces leave an empty word between them, and a new line "
        "glues its neighbours together. `split()` cuts at any run of white space.",
        lambda text: dict(Counter(piece.strip(MARKS) for piece in text.lower().split(" "))),
    )

    letters_only = mistake(
        "Your words are made of letters only. The rule cuts at white space and nowhere else: digits, and hyphens inside a word, "
        "belong to it (`well-made`, `3-d`, `1999`).",
        lambda text: dict(Counter(re.findall(r"[a-z']+", text.lower()))),
    )
    single_spaces_alone = mistake(
        "`split(' ')` cuts at single spaces only, so a new line stays inside a word. `split()` cuts at any run of white space.",
        lambda text: dict(Counter(stripped(text.lower().split(" ")))),
    )
    inside_other_words = mistake(
        "You count how often the letters of a word occur *in the text*, so inside longer words as well: `it` is in `it's` too. "
        "Count the pieces.",
        lambda text: {word: text.lower().count(word) for word in stripped(text.lower().split())},
    )
    counts_from_one = mistake(
        "Every count is one too large: a word that was not there yet counts 0, so `counts.get(word, 0) + 1`.",
        lambda text: {word: count + 1 for word, count in WordCounts.oracle(text).items()},
    )


def stripped(pieces):
    """The pieces without the punctuation at their ends; those of which nothing is left are left out."""
    return [word for word in (piece.strip(MARKS) for piece in pieces) if word]
