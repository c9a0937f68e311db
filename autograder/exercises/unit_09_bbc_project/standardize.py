from autograder.exercise import exercise, mistake, probe

from .shared import WEIGH


@exercise("standardize", points=2, objective=WEIGH)
class Standardize:
    """The text in lower case, words separated by single spaces; letters, digits and pound signs make words."""

    def oracle(text):
        return " ".join("".join(c if c.isalnum() or c == "£" else " " for c in text.lower()).split())

    examples = [
        probe("A Win"),
        probe("Ad sales: up 76%"),
        probe("Re-elected.\n\nThe vote"),
        probe(" It's £600m, says café owner Zoë!"),
        probe(""),
        probe("U2's 10,000 fans_now"),
        probe("ÉLYSÉE  4x4\t(£1.13bn)"),
        probe("!!"),
        probe("“No” – 5€, it’s Zoë…"),
    ]

    def hidden(rng):
        words = [
            "BBC",
            "third-generation",
            "£1.13bn",
            "café",
            "Élysée",
            "4x4",
            "U2's",
            "Oil",
            "10,000",
            "(F1)",
            '"No"',
            "“Yes”",
            "it’s",
            "5€",
        ]
        for count in (1, 3, 6, 12, 30):
            gaps = rng.choice([" ", "\n\n", " - ", ", ", "... ", " – ", "… "], size=count)
            yield probe("".join(w + g for w, g in zip(rng.choice(words, size=count), gaps, strict=True)))

    glues = mistake(
        "Signs are deleted, so that words stick together: 're-elected' becomes 'reelected', and a full stop without a blank "
        "glues two sentences. Put a space where a sign was.",
        lambda text: " ".join("".join(c for c in text.lower() if c.isalnum() or c in "£ \n").split()),
    )
    glues_lines = mistake(
        "Signs and line ends are deleted, so that words stick together: 're-elected' becomes 'reelected', and the last word of a "
        "title is glued to the first of the text. Put a space where a sign was.",
        lambda text: "".join(c for c in text.lower() if c.isalnum() or c in "£ ").strip(),
    )
    glues_english = mistake(
        "Signs are deleted, so that words stick together, and so are letters such as é: [a-z] is only the English alphabet. Put "
        "a space where a sign was, and keep all letters.",
        lambda text: "".join(c for c in text.lower() if (c.isascii() and c.isalnum()) or c in "£ "),
    )
    only_lowers = mistake(
        "Lower case is a good beginning. The signs are still there: 'vote' and 'vote.' would be two words.",
        lambda text: text.lower(),
    )
    keeps_capitals = mistake(
        "Capitals are still there: 'The' and 'the' would be two words. Lower them first.",
        lambda text: " ".join("".join(c if c.isalnum() or c == "£" else " " for c in text).split()),
    )
    runs_of_spaces = mistake(
        "Each sign leaves a space of its own, so that there are runs of them. One space between words, none at the ends.",
        lambda text: "".join(c if c.isalnum() or c == "£" else " " for c in text.lower()),
    )

    @mistake("Nearly: a space is left at the beginning or at the end. .strip() takes it off.")
    def not_stripped(text):
        import re

        return re.sub(r"[^\w£]+", " ", text.lower())

    loses_pounds = mistake(
        "The pound sign is lost, and with it a good hint: few classes talk of money as often. \\W and [^a-z0-9] take it for "
        "a sign like any other.",
        lambda text: Standardize.oracle(text.replace("£", " ")),
    )

    @mistake("[a-z] is only the English alphabet: 'café' falls apart. str.isalpha and \\w know the other letters too.")
    def english_only(text):
        return " ".join("".join(c if (c.isascii() and c.isalnum()) or c == "£" else " " for c in text.lower()).split())

    english_without_pounds = mistake(
        "[^a-z0-9] throws out two things that the task wants to keep: the pound sign, and letters such as é.",
        lambda text: " ".join("".join(c if c.isascii() and c.isalnum() else " " for c in text.lower()).split()),
    )
    loses_digits = mistake(
        "The digits are gone. '4x4', '76' and '£600m' are words too, and telling ones.",
        lambda text: " ".join("".join(c if c.isalpha() or c == "£" else " " for c in text.lower()).split()),
    )
    list_of_words = mistake(
        "Those are the right words, but in a list: join them with single spaces.",
        lambda text: Standardize.oracle(text).split(),
    )

    underscores = mistake(
        "The underscore stays: \\w counts it among letters and digits. It is a sign like any other.",
        lambda text: " ".join("".join(c if c.isalnum() or c in "£_" else " " for c in text.lower()).split()),
    )

    @mistake(
        "You take out the signs of string.punctuation, which are those of an English keyboard. Texts have others, such as “ ” ’ – €. Say "
        "what makes words instead: everything else becomes a space."
    )
    def english_signs_only(text):
        import string

        signs = string.punctuation
        return " ".join("".join(" " if c in signs else c for c in text.lower()).split())

    no_accents = mistake(
        "You take the accents off: 'café' becomes 'cafe'. A letter of any alphabet stays as it is.",
        lambda text: without_accents(Standardize.oracle(text)),
    )
    apostrophes = mistake(
        "The apostrophe stays. It is a sign like any other: \"U2's\" becomes 'u2 s'.",
        lambda text: " ".join("".join(c if c.isalnum() or c in "£'" else " " for c in text.lower()).split()),
    )
    hyphens = mistake(
        "The hyphen stays. It is a sign like any other: 're-elected' becomes 're elected'.",
        lambda text: " ".join("".join(c if c.isalnum() or c in "£-" else " " for c in text.lower()).split()),
    )

    @mistake(
        "Numbers are left whole: '10,000' and '1.13' keep their comma and point. They are signs too: '10 000', '1 13'."
    )
    def whole_numbers(text):
        import re

        return " ".join(re.findall(r"(?:£|[^\W_]|(?<=\d)[.,](?=\d))+", text.lower()))

    ends_only = mistake(
        "You take signs off the ends of words only. Inside a word a sign parts it in two: 're-elected' becomes 're elected'.",
        lambda text: " ".join(filter(None, (word.strip(".,:;!?()'\"%-_") for word in text.lower().split()))),
    )


def without_accents(text):
    """The text with its letters' accents taken off."""
    import unicodedata

    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
