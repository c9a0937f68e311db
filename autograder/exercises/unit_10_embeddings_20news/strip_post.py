import re

from autograder.exercise import exercise, forbid_calls, mistake, probe

from .shared import STRIP

NO_SKLEARN = forbid_calls(
    "sklearn", hint="By hand this time: scikit-learn does it in the next cell.", said="without scikit-learn"
)

HEADER = "From: ann@moon.edu (Ann)\nSubject: Re: orbits\nLines: 9"
PLAIN = f"{HEADER}\n\nThe moon is full."
SIGNED = f"{HEADER}\n\nThe moon is full.\nIt rises at six.\n\n--\nAnn, Moon Lab"
ANSWER = (
    f"{HEADER}\n\nIn article <1993@sun.org> bob@sun.org (Bob) writes:\n>Is it full?\n> Is it far?\n\nYes, it is full."
    "\n\nAnd it is far away.\n\nAnn   ann@moon.edu"
)
TWO_QUOTED = (
    f"{HEADER}\n\nBob wrote:\n| How far?\nAbout 384,000 km.\n  > (not a quote: it begins with blanks)\n"
    "As Kepler said: look.\nQuoted from a book\nIt is not much.\n-----\nAnn\nMoon Lab\n\n"
)
ENDS_WITH_QUOTE = f"{HEADER}\n\nI agree.\n\nSo do all.\n\n>The moon is full.\n"


@exercise("strip_post", points=3, objective=STRIP, rules=[NO_SKLEARN])
class StripPost:
    """The post without its header, then without its last paragraph, then without quoted lines, and no blank space at its ends."""

    def oracle(text):
        from sklearn.datasets import _twenty_newsgroups as strippers

        body = strippers.strip_newsgroup_footer(strippers.strip_newsgroup_header(text))
        return strippers.strip_newsgroup_quoting(body).strip()

    examples = [
        probe(PLAIN),
        probe(SIGNED),
        probe(f"{HEADER}\n\n>Is it full?\nYes.\nIn article 7 it was."),
        probe(f"{HEADER}\n\nFirst.\n\nSecond.\n   \nAnn"),
        probe(ANSWER),
        probe(TWO_QUOTED),
        probe(ENDS_WITH_QUOTE),
        probe(f"{HEADER}\n\n-----\nAnn"),
        probe(HEADER),
    ]

    def hidden(rng):
        lines = [
            "It is so.",
            "Look at the sky.",
            "> you said so",
            "Bob says:",
            "no--really",
            "| old",
            " indented > text",
        ]
        ends = [
            "",
            "\n\n-- \nAnn",
            "\n\nAnn\nMoon Lab",
            "\n----------\nAnn",
            "\n\n> all\n> of it",
            "\n\n\n",
            "\n  \nbye",
        ]
        for paragraphs in (1, 2, 3, 5, 1, 4, 2):
            body = ["\n".join(rng.choice(lines, size=rng.integers(1, 5))) for _ in range(paragraphs)]
            yield probe(f"{HEADER}\nX-Note: none\n\n" + "\n\n".join(body) + str(rng.choice(ends)))
        yield probe(f"{HEADER}\n\n--\nAnn")
        yield probe(f"{HEADER}\n\nIt is full.\n\nAnn")
        yield probe(f"{HEADER}\n\n--\nIt is full.\nIt is far.\n--\nAnn")
        yield probe("no header, no blank line\nnothing is left")

    header_kept = mistake(
        "The header is still there: From, Subject, Organization name the group. It ends at the first empty line.",
        lambda text: unquoted(unsigned(text)),
    )
    last_paragraph_only = mistake(
        "You cut at a later empty line, so most of the body is gone. The header ends at the *first* empty line.",
        lambda text: unquoted(unsigned(text.rpartition("\n\n")[2])),
    )
    first_paragraph_only = mistake(
        "Only the first paragraph of the body is left: text.split('\\n\\n')[1] is what stands between the first two empty lines. "
        "Split once, and keep all that follows.",
        lambda text: unquoted([*text.split("\n\n"), ""][1]),
    )
    quotes_kept = mistake(
        "Quoted lines are still there: they are somebody else's words, and the same thread is quoted in training and test.",
        lambda text: unsigned(headless(text)).strip(),
    )
    only_arrows = mistake(
        "Lines that begin with > are gone, but not the other quotes: who writes, in which article, lines with |.",
        lambda text: unquoted(unsigned(headless(text)), re.compile("^>")),
    )
    signature_kept = mistake(
        "The signature is still there: what follows the last blank line (or line of dashes) names the author and the place.",
        lambda text: unquoted(headless(text)),
    )
    cut_at_first_blank = mistake(
        "You cut the body at its *first* blank line or line of dashes. Search from the end: only the last paragraph goes.",
        lambda text: unquoted(unsigned(headless(text), first=True)),
    )
    only_dashes = mistake(
        "You look for a line of dashes alone. An empty line, or one of blanks, also sets the signature off.",
        lambda text: unquoted(unsigned(headless(text), blank=False)),
    )
    only_empty = mistake(
        "You look for empty lines alone. A line of dashes, or of blanks, sets the signature off as well.",
        lambda text: unquoted(unsigned(headless(text), dashes=False)),
    )
    nothing_left = mistake(
        "A body of one paragraph is no signature: where there is no blank line in it, it stays as it is.",
        lambda text: unquoted(unsigned(headless(text), whole=False)),
    )
    not_stripped_first = mistake(
        "Blank lines at the very end were taken for what sets a signature off, so that the signature stays. Take blank space off "
        "the ends before you look.",
        lambda text: unquoted(unsigned(headless(text), strip=False)),
    )
    quotes_first = mistake(
        "The order matters: where a post ends with a quote, taking quotes out first leaves a blank line at the end, and then a "
        "paragraph of the author's own is taken for the signature. Header, signature, quotes.",
        lambda text: unsigned(unquoted(headless(text))).strip(),
    )

    @mistake("Quoted lines are emptied, and their line ends are left. Leave these lines out altogether.")
    def emptied(text):
        lines = unsigned(headless(text)).split("\n")
        return "\n".join("" if QUOTED.search(line) else line for line in lines).strip()

    joined_by_spaces = mistake(
        "The lines are joined by spaces. Join them by line ends, as they were.",
        lambda text: StripPost.oracle(text).replace("\n", " "),
    )
    not_trimmed = mistake(
        "Nearly: there is blank space left at the beginning or at the end. .strip() takes it off.",
        lambda text: "\n".join(line for line in unsigned(headless(text)).split("\n") if not QUOTED.search(line)),
    )


QUOTED = re.compile(r"(writes in|writes:|wrote:|says:|said:|^In article|^Quoted from|^\||^>)")


def headless(text):
    """What follows the first empty line."""
    return text.partition("\n\n")[2]


def unsigned(text, first=False, blank=True, dashes=True, whole=True, strip=True):
    """A body without its last paragraph; `whole`: unless it has only one."""
    lines = (text.strip() if strip else text).split("\n")
    marks = [
        i
        for i, line in enumerate(lines)
        if (line == "" and blank)
        or (line.strip() == "" and blank and dashes)
        or (dashes and line.strip() and not line.strip().strip("-"))
    ]
    if not marks or (marks[-1] == 0 and whole):
        return text if whole else ""
    return "\n".join(lines[: marks[0] if first else marks[-1]])


def unquoted(text, pattern=None):
    """A body without its quoted lines, no blank space at its ends."""
    return "\n".join(line for line in text.split("\n") if not (pattern or QUOTED).search(line)).strip()
