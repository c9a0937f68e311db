from autograder.exercise import exercise, mistake, probe

from .shared import PIECES

UNKNOWN = "[UNK]"
#: A vocabulary in which a shorter piece, a piece without its marks, and half a word each lead astray.
WORDS = {"play", "playing", "##ing", "##er", "##s", "p", "##l", "un", "##a", "##ff", "##able", "ing", "er", "able"}
GUITAR = {"guitar", "guitars", "guit", "##ar", "##ist", "##s", "g", "##u", "##arist"}
#: The longest piece that "abcd" begins with leaves a rest that no piece fits, where a shorter one would not have.
STUCK = {"ab", "abc", "##cd", "##c", "a"}


@exercise("wordpiece", points=2, objective=PIECES)
class Wordpiece:
    """The pieces of a word: the longest that it begins with, then the longest that goes on, to its end; else ["[UNK]"]."""

    def oracle(word, vocabulary):
        found, rest, marks = [], word, ""
        while rest:
            fitting = [piece for piece in vocabulary if piece.startswith(marks) and _fits(piece[len(marks) :], rest)]
            if not fitting:
                return [UNKNOWN]
            found.append(max(fitting, key=len))
            rest, marks = rest[len(found[-1]) - len(marks) :], "##"
        return found

    examples = [
        probe("playing", WORDS),
        probe("player", WORDS),
        probe("unaffable", WORDS),
        probe("guitarists", GUITAR),
        probe("guitarz", GUITAR),
        probe("zguitar", GUITAR),
        probe("abcd", STUCK),
        probe("inging", {"ing", "##ing"}),
        probe("plays", {"play", "plays", "pl", "##a", "##ay", "##y", "##s"}),
        probe("ab", {"a", "##b", "ab"}),
        probe("xa", {"x", "##a", "a"}),
        probe("xing", {"x", "ing"}),
        probe("er", {"##er", "e"}),
        probe("Play", WORDS),
        probe("banana", {"ba", "##na"}),
        probe("abba", {"ab", "##ba"}),
        probe("abcab", {"ab", "##c", "##ab"}),
        probe("ab", {"a", "#", "###b"}),
    ]

    def hidden(rng):
        letters = "abcd"
        for size, length in ((6, 4), (10, 5), (14, 7), (20, 9), (30, 12)):
            pieces = {"".join(rng.choice(list(letters), rng.integers(1, 4))) for _ in range(size)}
            inside = {"##" + "".join(rng.choice(list(letters), rng.integers(1, 4))) for _ in range(size)}
            yield probe("".join(rng.choice(list(letters), length)), pieces | inside)
            every = pieces | inside | {*letters, *("##" + letter for letter in letters)}  # no word is unknown
            yield from (probe("".join(rng.choice(list(letters), length + more)), every) for more in range(3))
        yield probe("語", {"語", "##語"})
        yield probe("naïve", {"na", "##ï", "##ve", "##v"})
        yield probe("x", {"##x", "y"})
        yield probe("aaaa", {"a", "aa", "##a", "##aa", "##aaa"})
        yield probe("Ok", {"O", "##k", "o", "ok"})
        yield probe("c#", {"c", "#", "##"})
        yield probe("dogdogs", {"dog", "##s"})
        yield probe("unbelievable", {"un", "##believ", "##able", "##b"})
        size = int(rng.integers(120, 160))
        yield probe("ab" * size, {"a", "ab", "##a", "##ab"})

    shortest_first = mistake(
        "You take the shortest piece that fits. Take the longest: 'playing' is one piece where the vocabulary has it whole.",
        lambda word, vocabulary: cut(word, vocabulary, ends=lambda at, n: range(at + 1, n + 1)),
    )
    marks_not_written = mistake(
        "The marks ## are missing. A piece that goes on with a word is another piece than the same letters at a beginning: "
        "'##ing' and 'ing' have different ids.",
        lambda word, vocabulary: [piece.removeprefix("##") for piece in Wordpiece.oracle(word, vocabulary)],
    )
    marks_not_looked_up = mistake(
        "You look the rest of the word up without its ##, so that beginnings of words serve as pieces inside of one.",
        lambda word, vocabulary: cut(word, vocabulary, key=lambda at, piece: piece),
    )
    marks_written_only = mistake(
        "You look the rest up without ##, and write ## before what you found: that piece may not be in the vocabulary at all. Look "
        "it up as it is written.",
        lambda word, vocabulary: [
            ("##" if n and piece != UNKNOWN else "") + piece
            for n, piece in enumerate(cut(word, vocabulary, key=lambda at, piece: piece))
        ],
    )
    marks_at_the_beginning = mistake(
        "You write ## before the first piece as well. It stands before those that go on with a word alone.",
        lambda word, vocabulary: cut(word, vocabulary, key=lambda at, piece: "##" + piece),
    )
    half_a_word_kept = mistake(
        "Where the rest is unknown you keep the half that was found, and put [UNK] behind it. Then the *whole* word is unknown: one "
        "[UNK] and nothing else.",
        lambda word, vocabulary: cut(word, vocabulary, stuck=lambda found, at: [*found, UNKNOWN]),
    )
    rest_dropped = mistake(
        "Where the rest is unknown you drop it, so that another word seems to stand there. Then the whole word is [UNK].",
        lambda word, vocabulary: cut(word, vocabulary, stuck=lambda found, at: found or [UNKNOWN]),
    )
    nothing_for_unknown = mistake(
        "A word that cannot be cut vanishes. The network should see that something stood there: [UNK].",
        lambda word, vocabulary: cut(word, vocabulary, stuck=lambda found, at: []),
    )
    whole_or_nothing = mistake(
        "You know whole words only. What is not whole in the vocabulary is cut into pieces.",
        lambda word, vocabulary: [word] if word in vocabulary else [UNKNOWN],
    )
    letter_by_letter = mistake(
        "You cut every word into letters. Take the longest piece each time.",
        lambda word, vocabulary: cut(word, vocabulary, ends=lambda at, n: [at + 1]),
    )

    @mistake(
        "Where the longest piece leads nowhere you go back and try a shorter one. WordPiece never goes back: the longest piece "
        "stands, and if the rest has no piece, the word is [UNK]."
    )
    def goes_back(word, vocabulary):
        return _any_cut(word, vocabulary, "") or [UNKNOWN]

    no_single_letters = mistake(
        "You never try a piece of a single letter: a piece may end right behind the letter with which it begins, at + 1.",
        lambda word, vocabulary: cut(word, vocabulary, ends=lambda at, n: range(n, at + 1, -1)),
    )
    no_single_letter_first = mistake(
        "A piece of a single letter may begin a word as well.",
        lambda word, vocabulary: cut(word, vocabulary, ends=lambda at, n: range(n, at + (at == 0), -1)),
    )
    bare_as_well = mistake(
        "Where no piece with ## goes on, you take one without. Such a piece stands at the beginning of a word only: here the word is "
        "[UNK].",
        lambda word, vocabulary: cut(
            word, vocabulary, key=lambda at, piece: "##" * (at > 0 and "##" + piece in vocabulary) + piece
        ),
    )
    marks_may_begin = mistake(
        "You let a piece with ## begin a word. It only goes on with one: a word that no piece without ## begins is [UNK].",
        lambda word, vocabulary: cut(
            word, vocabulary, key=lambda at, piece: "##" * (at > 0 or piece not in vocabulary) + piece
        ),
    )
    in_lower_case = mistake(
        "You turn the word into lower case. The pieces are looked up as they are written: 'Play' is not 'play'.",
        lambda word, vocabulary: Wordpiece.oracle(word.lower(), vocabulary),
    )
    each_piece_once = mistake(
        "A piece that comes twice in a word stands twice in the list.",
        lambda word, vocabulary: list(dict.fromkeys(Wordpiece.oracle(word, vocabulary))),
    )
    replaced_everywhere = mistake(
        "Your piece is taken out of the rest wherever it stands, as `replace` does. Only the beginning is used up: go on behind it.",
        lambda word, vocabulary: rests(word, vocabulary, lambda rest, piece: rest.replace(piece, "")),
    )
    letters_stripped = mistake(
        "You take away all *letters* of the piece at the beginning of the rest, as `lstrip` does, also more of them than the piece has.",
        lambda word, vocabulary: rests(word, vocabulary, lambda rest, piece: rest.lstrip(piece)),
    )
    marks_cut_as_well = mistake(
        "You put ## before the rest, and then cut both: so the sign # is taken for a piece of the word. Cut the word alone, and write ## "
        "before what you look up.",
        lambda word, vocabulary: glued(word, vocabulary),
    )
    fewest_pieces = mistake(
        "You look for the fewest pieces. Take the longest that fits, from left to right, whatever the rest then takes.",
        lambda word, vocabulary: fewest(word, vocabulary),
    )
    nothing_where_none_begins = mistake(
        "Where not even a beginning is found your list is empty. The word is unknown then as well: ['[UNK]'].",
        lambda word, vocabulary: cut(word, vocabulary, stuck=lambda found, at: [UNKNOWN] if at else []),
    )
    last_letter_lost = mistake(
        "Your pieces never reach the end of the word: the end of a slice is not part of it, so it may be len(word).",
        lambda word, vocabulary: cut(word, vocabulary, ends=lambda at, n: range(n - 1, at, -1)),
    )
    as_one_text = mistake(
        "Those are the pieces as one text, with spaces. A list of pieces is asked for.",
        lambda word, vocabulary: " ".join(Wordpiece.oracle(word, vocabulary)),
    )
    unknown_as_a_text = mistake(
        "For an unknown word a list is asked for as well: a list with one piece, '[UNK]'.",
        lambda word, vocabulary: found if (found := Wordpiece.oracle(word, vocabulary)) != [UNKNOWN] else UNKNOWN,
    )


def _fits(letters, rest):
    return bool(letters) and rest.startswith(letters)


def cut(word, vocabulary, ends=None, key=None, stuck=None):
    """The pieces of a word; `ends`: where a piece may end, as tried; `key`: how it is looked up; `stuck`: what is given then."""
    ends = ends or (lambda at, n: range(n, at, -1))
    key = key or (lambda at, piece: "##" + piece if at else piece)
    found, at = [], 0
    while at < len(word):
        for end in ends(at, len(word)):
            if (piece := key(at, word[at:end])) in vocabulary:
                found.append(piece)
                at = end
                break
        else:
            return stuck(found, at) if stuck else [UNKNOWN]
    return found


def rests(word, vocabulary, without):
    """The pieces of a word whose rest is what `without` makes of a rest and its piece."""
    found, rest, marks = [], word, ""
    while rest:
        piece = next((rest[:end] for end in range(len(rest), 0, -1) if marks + rest[:end] in vocabulary), None)
        if piece is None:
            return [UNKNOWN]
        found.append(marks + piece)
        rest, marks = without(rest, piece), "##"
    return found


def glued(word, vocabulary):
    """The pieces of a word before whose rest ## is written, and then cut with it; it may have no end, and has one here."""
    found, rest = [], word
    for _ in range(3 * len(word)):
        end = next((end for end in range(len(rest), 0, -1) if rest[:end] in vocabulary), None)
        if end is None:
            return [UNKNOWN]
        found.append(rest[:end])
        rest = "##" + rest[end:]
        if rest == "##":
            break
    return found


def fewest(word, vocabulary):
    """The pieces of the cut that has the fewest, the first of several."""
    best = {0: []}  # by where a beginning of the word ends
    for end in range(1, len(word) + 1):
        starts = [at for at in best if ("##" if at else "") + word[at:end] in vocabulary]
        if starts:
            at = min(starts, key=lambda at: len(best[at]))
            best[end] = [*best[at], ("##" if at else "") + word[at:end]]
    return best.get(len(word), [UNKNOWN])


def _any_cut(word, vocabulary, marks):
    """The first cut of all that works, the longest pieces tried first; an empty list where none does."""
    for end in range(len(word), 0, -1):
        if marks + word[:end] in vocabulary:
            if end == len(word):
                return [marks + word]
            if rest := _any_cut(word[end:], vocabulary, "##"):
                return [marks + word[:end], *rest]
    return []
