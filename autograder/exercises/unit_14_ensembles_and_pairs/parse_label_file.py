import re

from autograder.exercise import exercise, mistake, probe

from .shared import MARK, OWN, before, changed, read, without


@exercise("parse_label_file", points=3, objective=OWN)
class ParseLabelFile:
    """(labels, words, bad): of each line its labels and its words, and the numbers of the lines without a label."""

    def oracle(lines):
        labels, words, bad = [], [], []
        for number, line in enumerate(lines, 1):
            if re.fullmatch(r"\s*", line):
                continue
            head = re.match(r"\s*((?:__label__\S+(?:\s+|$))*)", line)
            own = re.findall(r"__label__(\S+)", head.group(1))
            if not own:
                bad.append(number)
                continue
            labels.append(own)
            words.append(re.findall(r"\S+", line[head.end() :]))
        return labels, words, bad

    examples = [
        probe(["__label__sport a fine goal"]),
        probe(["__label__sport __label__money __label__news he was sold"]),
        probe(["__label__tech what does __label__sport mean ?"]),
        probe(["__label__sport one", "no label here", "__label__tech two"]),
        probe(["__label__sport one", "", "words alone", "   "]),
        probe(["__label__tech\ttwo   words \n"]),
        probe(["  __label__tech two words"]),
        probe(["__label__tech", "__label__sport goal"]),
        probe(["a word __label__sport"]),
        probe(["__label__Very-good.2 Yes !", "__label____label__x y", "__label__ball round"]),
        probe(["__label__ nothing behind the mark"]),
        probe(["__label__sport a __label__ b", "__label__ __label__sport c"]),
        probe(["__label__sport __label__ __label__money a"]),
        probe(["__label__x a", "no label", "b __label__x", "no label"]),
        probe(["__label__ball a __label__ball game", "__label__ball __label__ball __label__balls b"]),
        probe(["__label__art a __label__arts fair"]),
        probe(["__LABEL__sport a", "re__label__sport b", "__label__new__york c"]),
        probe([]),
    ]

    def hidden(rng):
        labels = ["joy", "anger", "neutral", "US_politics", "c++", "情緒", "기쁨", "z", "New__York"]
        words = ["good", "__labels__", "label", "__label__x", "it's", "5:0", "(sic)", "再見", "__label__joyful"]
        for n in (1, 3, 6, 10, 15):
            lines = []
            for _ in range(n):
                own = rng.choice(labels, rng.integers(0, 4), replace=False)
                text = rng.choice(words, rng.integers(0, 6))
                first = [word for word in text if not word.startswith(MARK)] if not len(own) else text[1:]
                between = " " if rng.random() < 0.7 else "\t "
                lines.append(between.join([*(MARK + each for each in own), "w", *first]) + rng.choice(["", "\n", "  "]))
            yield probe(lines)
        yield probe(["\n", "x\n", "\t\n", f"{MARK}{rng.choice(labels)}\n", "y\n"])
        one, other = rng.choice(labels, 2, replace=False)
        yield probe([f"{MARK}{one} {MARK}{one} {MARK} {MARK}{other} a", f"{MARK}{one} b {MARK}{one} {MARK}{one}s c"])
        yield probe(["x\n", f"{MARK}{other}", "x\n", f"a{MARK}{one} b", "x\n", f"{MARK.upper()}{one}"])
        yield probe([f"__Label__{rng.choice(labels)} a", f"label {MARK}joy b", f"{MARK}joy{MARK}fear c"])

    inside_the_text = mistake(
        "You take __label__ in the middle of a text for a label. Labels stand before the text: behind the first word all are words.",
        lambda lines: read(lines, anywhere=True),
    )
    first_label_only = mistake(
        "You take the first label only. A line may have several, one after the other.",
        lambda lines: read(lines, most=1),
    )
    two_labels_at_most = mistake(
        "You look for two labels at most. A line may have any number of them.",
        lambda lines: read(lines, most=2),
    )
    others_lost = mistake(
        "You keep the first label of each line, and lose the others. A line may have several.",
        lambda lines: changed(lines, of_labels=lambda own: own[:1]),
    )
    without_label_kept = mistake(
        "A line without a label is kept, with no label at all. Its number goes into the third list, and nothing of it into the others.",
        lambda lines: read(lines, keep=True, bad_too=True),
    )
    without_label_dropped = mistake(
        "A line without a label vanishes, and nobody is told. Its number belongs into the third list.",
        lambda lines: (*read(lines)[:2], []),
    )
    first_word_as_label = mistake(
        "Where a line has no label you take its first word for one.",
        lambda lines: read(lines, first_word=True),
    )
    from_zero = mistake(
        "Your line numbers begin at 0. An editor calls the first line 1.",
        lambda lines: (*(found := read(lines))[:2], [number - 1 for number in found[2]]),
    )
    empty_not_counted = mistake(
        "You count lines without the empty ones, so that the numbers are too small behind one. Empty lines are passed over, and counted.",
        lambda lines: read([line for line in lines if line.strip()]),
    )
    empty_is_bad = mistake(
        "You count an empty line as one without a label. Empty lines are passed over: there is no text that lacks a label.",
        lambda lines: read(lines, empty=True),
    )
    spaces_as_empty = mistake(
        "A line of spaces is empty as well. Yours takes it for one without a label: strip it first.",
        lambda lines: read(lines, empty=lambda line: line not in ("", "\n")),
    )
    mark_kept = mistake(
        "Your labels still have __label__ before them. The name alone is asked for.",
        lambda lines: changed(lines, of_labels=lambda own: [MARK + one for one in own]),
    )
    text_for_words = mistake(
        "Each text is one string in yours. A list of its words is asked for.",
        lambda lines: changed(lines, of_words=" ".join),
    )
    white_space_before = mistake(
        "White space before the first label makes a line bad in yours: split it, or strip it, before you look at how it begins.",
        lambda lines: read([line if line.startswith(MARK) or not line.strip() else "-" for line in lines]),
    )
    split_at_single_spaces = mistake(
        "You split at each single space, so that two spaces make an empty word, and a tab or a line's end sticks to a word. `.split()` "
        "without an argument takes any white space.",
        lambda lines: read(lines, split=lambda line: line.split(" ")),
    )
    labels_in_words = mistake(
        "The labels stand among the words as well: whoever trains on that trains on the answer.",
        lambda lines: read(lines, in_words=True),
    )
    empty_texts_lost = mistake(
        "A line with a label and without words is left out. It has a label, and its text is empty: [].",
        lambda lines: read(["" if re.fullmatch(r"(\s*__label__\S+)+\s*", line) else line for line in lines]),
    )
    lower_case = mistake(
        "You write everything in lower case. Names and words stay as they are.",
        lambda lines: read([line.lower() for line in lines]),
    )
    mark_anywhere_removed = mistake(
        "You remove __label__ wherever it stands, also inside a label or a text. Take it off once, at the beginning: `removeprefix`.",
        lambda lines: read(lines, name=lambda token: token.replace(MARK, "")),
    )
    letters_taken_off = mistake(
        "You take *letters* off, all of those that stand in __label__: of the label ball nothing is left. `removeprefix` takes the mark "
        "off.",
        lambda lines: read(lines, name=lambda token: token.lstrip(MARK)),
    )
    mark_alone_lost = mistake(
        "You drop the mark where it stands alone. Among words it is a word, and at the beginning it is none of the labels.",
        lambda lines: read(lines, split=lambda line: [token for token in line.split() if token != MARK]),
    )
    nameless_label = mistake(
        "__label__ with nothing behind it has no name: that is no label, so this line has none.",
        lambda lines: read(lines, nameless=True),
    )
    name_behind_a_blank = mistake(
        "You take the word behind a lone __label__ for its name. The name stands right behind the mark, without white space.",
        lambda lines: read([re.sub(r"__label__\s+(?=\S)", MARK, line) for line in lines]),
    )
    lone_mark_passed_over = mistake(
        "Where the mark stands alone you go on to look for labels behind it. It is no label, so it is the first word.",
        lambda lines: read(
            lines,
            split=lambda line: [t for i, t in enumerate(line.split()) if t != MARK or not before(line.split()[:i])],
        ),
    )
    lone_mark_is_bad = mistake(
        "A line with labels is bad in yours, since the mark stands alone behind them. There it is a word.",
        lambda lines: read(
            [line if not re.match(r"\s*(__label__\S*\s+)*__label__(\s|$)", line) else "-" for line in lines]
        ),
    )
    one_letter_refused = mistake(
        "A name of a single letter is a name, too. In yours it has to be longer.",
        lambda lines: read([re.sub(r"__label__(?=\S(\s|$))", "-", line) for line in lines]),
    )
    any_case = mistake(
        "You look for the mark in any case. It is `__label__`, in small letters.",
        lambda lines: read([re.sub("__label__", MARK, line, flags=re.IGNORECASE) for line in lines]),
    )
    mark_within_a_word = mistake(
        "A word that has __label__ somewhere within is a label in yours. It has to *begin* with it: `startswith`.",
        lambda lines: read(lines, mark=lambda token: MARK in token, name=lambda token: token.split(MARK)[-1]),
    )
    last_part_of_the_name = mistake(
        "You split at __ and take the last part: a name may have __ in it. `removeprefix` takes the mark off.",
        lambda lines: read(lines, name=lambda token: token.split("__")[-1]),
    )
    second_part_of_the_split = mistake(
        "You split at __label__ and take the part [1]: a name may have __label__ in it. `removeprefix` takes the mark off.",
        lambda lines: read(lines, name=lambda token: token.split(MARK)[1]),
    )
    name_ends_early = mistake(
        "Your names end where no letter, digit or _ stands. A name goes up to the next white space.",
        lambda lines: read(lines, name=lambda token: re.match(r"\w*", token.removeprefix(MARK)).group()),
    )
    each_label_once = mistake(
        "You keep a label once where it stands twice. The names are asked for as they stand.",
        lambda lines: changed(lines, of_labels=lambda own: list(dict.fromkeys(own))),
    )
    labels_lost_among_words = mistake(
        "You take for words what is none of the line's labels. Behind the first word all are words, that label too: slice behind the "
        "labels.",
        lambda lines: read(lines, words=lambda tokens, own: [token for token in tokens if token not in own]),
    )
    labels_replaced = mistake(
        "You replace the labels by nothing in the whole line, and words begin as they do: slice behind the labels.",
        lambda lines: read(lines, words=lambda tokens, own: without(" ".join(tokens), own).split()),
    )
    marked_words_lost = mistake(
        "You drop words that look like labels. Behind the first word all are words, whatever they look like.",
        lambda lines: read(lines, words=lambda tokens, own: [t for t in tokens if not t.startswith(MARK)]),
    )
    up_to_the_last_mark = mistake(
        "All up to the last __label__ becomes labels in yours. Labels end before the first word.",
        lambda lines: read(lines, to_the_last=True),
    )
    first_of_the_same = mistake(
        "`lines.index(line)` finds the *first* of the lines that are the same. `enumerate(lines, 1)` counts.",
        lambda lines: (*(found := read(lines))[:2], [lines.index(lines[number - 1]) + 1 for number in found[2]]),
    )
    lines_for_numbers = mistake(
        "You return the bad lines themselves. Their numbers are asked for, which count from 1.",
        lambda lines: (*(found := read(lines))[:2], [lines[number - 1] for number in found[2]]),
    )
    empty_text_is_bad = mistake(
        "A line with a label and without words is bad in yours. It has a label, and its text is empty: [].",
        lambda lines: read(["-" if re.fullmatch(r"(\s*__label__\S+)+\s*", line) else line for line in lines]),
    )
    ends_at_the_first_bad_line = mistake(
        "You end at the first bad line. All lines are asked about, also those behind it.",
        lambda lines: read(lines[: (read(lines)[2] or [len(lines)])[0]]),
    )
    words_first = mistake(
        "All three are right, in another order: labels, words, bad.",
        lambda lines: ((found := read(lines))[1], found[0], found[2]),
    )
    pairs = mistake(
        "You return a pair for each line. Three lists are asked for: labels, words, bad.",
        lambda lines: list(zip(*read(lines)[:2], strict=True)),
    )

    @mistake(
        "You raise an error at the first line without a label. Whoever mends a long file wants to know all of them at once: their numbers."
    )
    def raises_an_error(lines):
        found = read(lines)
        if found[2]:
            raise ValueError(f"line {found[2][0]} has no label")
        return found
