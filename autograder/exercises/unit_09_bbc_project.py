"""Unit 09: news articles without duplicates, split, weighed; two networks that read them; and a test of who is better.

The articles are public, so no one can be kept from having them. What is held out is therefore held out from the *answer*:
`baseline_model` and `cnn_model` are recipes, called where grading runs with training articles of a split that is drawn from
the course's secret. They never see the others, nor any label of these, which stay with the judge. The visible examples are
made-up texts, small enough to be handed out.
"""

import random
from functools import cache

import numpy as np

from autograder.exercise import exercise, forbid_calls, mistake, probe, right_answer
from course_utils.expect import accuracy, model
from course_utils.values import ask, temporary

LOOK = "find what a data set hides, its order and its duplicates, and split it so that neither misleads"
WEIGH = "turn articles into words and weights that are fitted on training articles only"
TRAIN = "train two networks that read raw articles, and save one with its text pipeline in a single file"
COMPARE = "say whether one classifier is better than another or only luckier"

CLASSES = 5


def table(*rows):
    """A dict of columns from rows of (category, number, text)."""
    return {name: [row[i] for row in rows] for i, name in enumerate(("category", "number", "text"))}


def kept(frame, keep):
    """The rows of a table for which `keep(row number)` holds."""
    rows = [i for i in range(len(frame["text"])) if keep(i)]
    return {name: [column[i] for i in rows] for name, column in frame.items()}


@exercise("deduplicate", points=2, objective=LOOK)
class Deduplicate:
    """The table with each text once: the first row that has it stays, in its place."""

    def oracle(frame):
        return kept(frame, lambda i: frame["text"][i] not in frame["text"][:i])

    examples = [
        probe(table(("sport", "001", "goal"), ("sport", "002", "match"), ("tech", "001", "goal"))),
        probe(table(("tech", "001", "phone"), ("tech", "002", "phone"), ("tech", "003", "Phone"))),
        probe(
            table(
                *(("politics", "001", "vote"), ("politics", "002", "tax"), ("politics", "003", "vote")),
                *(("sport", "001", "cup"), ("sport", "002", "tax"), ("sport", "003", "bat")),
            )
        ),
    ]

    def hidden(rng):
        for rows in (4, 9, 20, 60):
            words = rng.choice(["ball", "Ball", "bank", "film", "oil", "law", "web", "album"], size=rows).tolist()
            categories = np.sort(rng.choice(["business", "sport", "tech"], size=rows)).tolist()
            numbers = [f"{categories[:i].count(name) + 1:03d}" for i, name in enumerate(categories)]
            yield probe(table(*zip(categories, numbers, words, strict=True), ("tech", "900", words[0])))

    @mistake(
        "You compare numbers. They begin anew in every folder, so articles that only share a number are thrown away, and "
        "copies, which have numbers of their own, stay. It is the text that must not repeat."
    )
    def by_number(frame):
        return kept(frame, lambda i: frame["number"][i] not in frame["number"][:i])

    @mistake(
        "You compare whole rows, and no two rows are alike: a copy has a number of its own. Say which column counts: "
        "`subset='text'`."
    )
    def whole_rows(frame):
        return kept(frame, lambda i: True)

    @mistake(
        "A text that stands in two categories is still there twice. It is the same text: one copy could land in training and "
        "one in the test. Compare the text alone."
    )
    def within_category(frame):
        pairs = list(zip(frame["category"], frame["text"], strict=True))
        return kept(frame, lambda i: pairs[i] not in pairs[:i])

    @mistake("You throw away every copy, the first included. One of them should stay: the first.")
    def drops_all_copies(frame):
        return kept(frame, lambda i: frame["text"].count(frame["text"][i]) == 1)

    @mistake("Of several copies you keep the last one. The first should stay, with its category.")
    def keeps_last(frame):
        return kept(frame, lambda i: frame["text"][i] not in frame["text"][i + 1 :])

    @mistake("You only look at the row before. Copies can be hundreds of rows apart: remember all texts seen so far.")
    def neighbours_only(frame):
        return kept(frame, lambda i: i == 0 or frame["text"][i] != frame["text"][i - 1])

    @mistake(
        "'Phone' and 'phone' are two texts here: compare them as they are. (How alike is alike? A good question for a report.)"
    )
    def ignores_case(frame):
        texts = [text.lower() for text in frame["text"]]
        return kept(frame, lambda i: texts[i] not in texts[:i])

    @mistake(
        "The right rows, but sorted by text: `groupby` and `set` lose the order of the file. Keep the rows in their places."
    )
    def sorted_by_text(frame):
        once = Deduplicate.oracle(frame)
        order = sorted(range(len(once["text"])), key=once["text"].__getitem__)
        return {name: [column[i] for i in order] for name, column in once.items()}

    @mistake(
        "`check` hands over a dict of columns, which has no such method. Begin with `frame = pd.DataFrame(frame)`: then a "
        "data frame comes of either."
    )
    def takes_a_data_frame(frame):
        return frame.drop_duplicates("text")

    @mistake("Those are the texts alone. Their categories are needed too: return the table, all its columns.")
    def texts_only(frame):
        return list(dict.fromkeys(frame["text"]))

    @right_answer
    def with_pandas(frame):
        import pandas as pd

        return pd.DataFrame(frame).drop_duplicates("text", ignore_index=True)

    @right_answer
    def with_a_set(frame):
        seen, rows = set(), []
        for i, text in enumerate(frame["text"]):
            if text not in seen:
                seen.add(text)
                rows.append(i)
        return {name: [column[i] for i in rows] for name, column in frame.items()}

    @right_answer
    def with_duplicated(frame):
        import pandas as pd

        frame = pd.DataFrame(frame)
        return frame[~frame["text"].duplicated()].reset_index(drop=True)

    @right_answer
    def first_of_each_group(frame):
        import pandas as pd

        return pd.DataFrame(frame).groupby("text", sort=False, as_index=False).head(1)

    @right_answer
    def first_places(frame):
        _, first = np.unique(frame["text"], return_index=True)
        return {name: [frame[name][i] for i in sorted(first)] for name in ("category", "number", "text")}

    @right_answer
    def rows_in_a_dict(frame):
        rows = {}
        for category, number, text in zip(frame["category"], frame["number"], frame["text"], strict=True):
            rows.setdefault(text, (category, number, text))
        category, number, text = zip(*rows.values(), strict=True)
        return {"text": list(text), "number": list(number), "category": list(category)}

    @right_answer
    def copies_deleted(frame):
        import copy

        once = copy.deepcopy(frame)
        for i in reversed(range(len(frame["text"]))):
            if frame["text"][i] in frame["text"][:i]:
                for column in once.values():
                    del column[i]
        return once

    @right_answer
    def row_by_row(frame):
        import pandas as pd

        rows = []
        for _, row in pd.DataFrame(frame).iterrows():
            if not any(row["text"] == other["text"] for other in rows):
                rows.append(row)
        return pd.DataFrame(rows)

    @right_answer
    def lists_of_numpy_strings(frame):
        rows = [i for i, text in enumerate(frame["text"]) if list(frame["text"]).index(text) == i]
        return {name: list(np.array(column)[rows]) for name, column in frame.items()}


def taken(y, order, share):
    """The rows for testing: of each class the first in `order`."""
    test = []
    for label in sorted(set(y.tolist())):
        rows = [i for i in order.tolist() if y[i] == label]
        test += rows[: round(share * len(rows))]
    return test


def both(rows, count):
    """(the other rows, these rows), ascending."""
    return np.array(sorted(set(range(count)) - set(rows)), dtype=int), np.array(sorted(rows), dtype=int)


TWO_CLASSES = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
SHUFFLED = np.array([7, 2, 9, 0, 4, 3, 8, 1, 6, 5])


@exercise("stratified_split", points=3, objective=LOOK)
class StratifiedSplit:
    """(train, test): ascending row numbers; of each class the first round(share * n) rows in `order` are for testing."""

    def oracle(y, order, share=0.2):
        return both(taken(y, order, share), len(y))

    examples = [
        probe(np.array([0, 0, 1, 1]), np.array([1, 3, 2, 0]), 0.5),
        probe(TWO_CLASSES, SHUFFLED, 0.25),
        probe(TWO_CLASSES, SHUFFLED[::-1].copy()),
        probe(np.array([2, 0, 1, 1, 0, 2, 2, 0, 1, 0, 0]), np.array([10, 2, 8, 4, 0, 6, 9, 1, 3, 5, 7]), share=0.4),
    ]

    def hidden(rng):
        for share in (0.2, 0.3, 0.15, 0.45):
            sizes = rng.integers(7, 40, size=rng.integers(2, 6))
            y = np.repeat(np.arange(len(sizes)), sizes)
            yield probe(y, rng.permutation(len(y)), share)
            y = rng.permutation(y)
            yield probe(y, rng.permutation(len(y)), share=share)

    @mistake(
        "You cut the rows as they lie in the file. A file sorted by class then gives a test with the last classes only. Go "
        "through the rows in the given `order`, class by class."
    )
    def slice_of_the_file(y, order, share=0.2):
        return both(range(len(y) - round(share * len(y)), len(y)), len(y))

    @mistake(
        "You take each class's rows in the order of the file, whatever `order` says. Neighbours in a file are often alike "
        "(a series, a day, a reporter): take them as `order` names them."
    )
    def file_order(y, order, share=0.2):
        return both(taken(y, np.arange(len(y)), share), len(y))

    @mistake(
        "That is a random split, but not a stratified one: the classes' shares are left to chance. Take the share of each "
        "class separately."
    )
    def not_stratified(y, order, share=0.2):
        return both(order[: round(share * len(y))].tolist(), len(y))

    @mistake("The two are swapped: first the rows for training, then those for testing.")
    def swapped(y, order, share=0.2):
        return StratifiedSplit.oracle(y, order, share)[::-1]

    @mistake(
        "The rows for testing are also among those for training. A model is then examined on what it has learned by heart. "
        "Take them out."
    )
    def overlap(y, order, share=0.2):
        return np.arange(len(y)), StratifiedSplit.oracle(y, order, share)[1]

    @mistake("int() cuts off: of 1.6 rows it makes 1. Round to the nearest: round(share * n).")
    def rounds_down(y, order, share=0.2):
        test = []
        for label in np.unique(y):
            rows = [i for i in order.tolist() if y[i] == label]
            test += rows[: int(share * len(rows))]
        return both(test, len(y))

    @mistake("You take the *last* rows of each class in `order` for testing; the first ones are asked for.")
    def last_of_order(y, order, share=0.2):
        return both(taken(y, order[::-1], share), len(y))

    @mistake("The right rows, but not in ascending order. np.sort at the end makes two splits easy to compare.")
    def not_sorted(y, order, share=0.2):
        test = taken(y, order, share)
        return np.array([i for i in order.tolist() if i not in test]), np.array(test)

    @mistake("Those are places in `order`. Asked for are the row numbers that stand there: order[place].")
    def places(y, order, share=0.2):
        at = np.argsort(order)
        return tuple(np.sort(at[rows]) for rows in StratifiedSplit.oracle(y, order, share))

    @right_answer
    def with_masks(y, order, share=0.2):
        test = np.zeros(len(y), dtype=bool)
        for label in np.unique(y):
            rows = order[y[order] == label]
            test[rows[: round(share * len(rows))]] = True
        return np.flatnonzero(~test), np.flatnonzero(test)

    @right_answer
    def counting(y, order, share=0.2):
        room = {label: round(share * n) for label, n in zip(*np.unique(y, return_counts=True), strict=True)}
        train, test = [], []
        for row in order:
            if room[y[row]] > 0:
                room[y[row]] -= 1
                test.append(row)
            else:
                train.append(row)
        return np.array(sorted(train)), np.array(sorted(test))

    @right_answer
    def with_pandas(y, order, share=0.2):
        import pandas as pd

        in_order = pd.Series(y[order], index=order)
        test = in_order.groupby(in_order).apply(lambda rows: rows.index[: round(share * len(rows))].tolist()).explode()
        test = np.array(sorted(test), dtype="int32")
        return np.delete(np.arange(len(y)), test), test

    @right_answer
    def sorted_by_class(y, order, share=0.2):
        by_class = sorted(order, key=lambda row: y[row])  # a stable sort: within a class as in `order`
        train, test, start = [], [], 0
        for size in np.bincount(y).tolist():
            cut = start + round(share * size)
            test += by_class[start:cut]
            train += by_class[cut : start + size]
            start += size
        return np.sort(train), np.sort(test)

    @right_answer
    def with_sets(y, order, share=0.2):
        from collections import defaultdict

        rows = defaultdict(list)
        for row in order.tolist():
            rows[y[row].item()].append(row)
        test = {row for group in rows.values() for row in group[: round(share * len(group))]}
        train = set(order.tolist()) - test
        return tuple(np.array(sorted(part)) for part in (train, test))

    @right_answer
    def by_rank_within_the_class(y, order, share=0.2):
        same = y[:, None] == y
        place = np.argsort(order)
        rank = (same & (place[None, :] < place[:, None])).sum(axis=1)  # how many of the class come before
        for_test = rank < np.round(share * same.sum(axis=1))
        return np.nonzero(~for_test)[0], np.nonzero(for_test)[0]

    @right_answer
    def with_a_generator(y, order, share=0.2):
        def first_rows():
            for label in set(y):
                rows = [row for row in order if y[row] == label]
                yield from rows[: round(len(rows) * share)]

        test = np.fromiter(first_rows(), dtype="uint16")
        test.sort()
        return np.array([row for row in range(len(y)) if row not in test]), test


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
    ]

    def hidden(rng):
        words = ["BBC", "third-generation", "£1.13bn", "café", "Élysée", "4x4", "U2's", "Oil", "10,000", "(F1)", '"No"']
        for count in (1, 3, 6, 12, 30):
            gaps = rng.choice([" ", "\n\n", " - ", ", ", "... "], size=count)
            yield probe("".join(w + g for w, g in zip(rng.choice(words, size=count), gaps, strict=True)))

    @mistake(
        "Signs are deleted, so that words stick together: 're-elected' becomes 'reelected', and a full stop without a blank "
        "glues two sentences. Put a space where a sign was."
    )
    def glues(text):
        return " ".join("".join(c for c in text.lower() if c.isalnum() or c in "£ \n").split())

    @mistake(
        "Signs and line ends are deleted, so that words stick together: 're-elected' becomes 'reelected', and the last word of a "
        "title is glued to the first of the text. Put a space where a sign was."
    )
    def glues_lines(text):
        return "".join(c for c in text.lower() if c.isalnum() or c in "£ ").strip()

    @mistake(
        "Signs are deleted, so that words stick together, and so are letters such as é: [a-z] is only the English alphabet. Put "
        "a space where a sign was, and keep all letters."
    )
    def glues_english(text):
        return "".join(c for c in text.lower() if (c.isascii() and c.isalnum()) or c in "£ ")

    @mistake("Lower case is a good beginning. The signs are still there: 'vote' and 'vote.' would be two words.")
    def only_lowers(text):
        return text.lower()

    @mistake("Capitals are still there: 'The' and 'the' would be two words. Lower them first.")
    def keeps_capitals(text):
        return " ".join("".join(c if c.isalnum() or c == "£" else " " for c in text).split())

    @mistake(
        "Each sign leaves a space of its own, so that there are runs of them. One space between words, none at the ends."
    )
    def runs_of_spaces(text):
        return "".join(c if c.isalnum() or c == "£" else " " for c in text.lower())

    @mistake("Nearly: a space is left at the beginning or at the end. .strip() takes it off.")
    def not_stripped(text):
        import re

        return re.sub(r"[^\w£]+", " ", text.lower())

    @mistake(
        "The pound sign is lost, and with it a good hint: few classes talk of money as often. \\W and [^a-z0-9] take it for "
        "a sign like any other."
    )
    def loses_pounds(text):
        return Standardize.oracle(text.replace("£", " "))

    @mistake("[a-z] is only the English alphabet: 'café' falls apart. str.isalpha and \\w know the other letters too.")
    def english_only(text):
        return " ".join("".join(c if (c.isascii() and c.isalnum()) or c == "£" else " " for c in text.lower()).split())

    @mistake("[^a-z0-9] throws out two things that the task wants to keep: the pound sign, and letters such as é.")
    def english_without_pounds(text):
        return " ".join("".join(c if c.isascii() and c.isalnum() else " " for c in text.lower()).split())

    @mistake("The digits are gone. '4x4', '76' and '£600m' are words too, and telling ones.")
    def loses_digits(text):
        return " ".join("".join(c if c.isalpha() or c == "£" else " " for c in text.lower()).split())

    @mistake("Those are the right words, but in a list: join them with single spaces.")
    def list_of_words(text):
        return Standardize.oracle(text).split()

    @right_answer
    def with_a_regular_expression(text):
        import re

        return re.sub(r"[^\w£]+|_+", " ", text.lower()).strip()

    @right_answer
    def finding_words(text):
        import re

        return " ".join(re.findall(r"(?:[^\W_]|£)+", text.lower()))

    @right_answer
    def character_by_character(text):
        words = [""]
        for c in text:
            if c.isalpha() or c.isdigit() or c == "£":
                words[-1] += c.lower()
            elif words[-1]:
                words.append("")
        return " ".join(words).rstrip()

    @right_answer
    def runs_of_characters(text):
        from itertools import groupby

        runs = groupby(text.lower(), key=lambda c: c == "£" or c.isalnum())
        return " ".join("".join(run) for is_word, run in runs if is_word)

    @right_answer
    def translated(text):
        signs = {c for c in text if not c.isalnum()} - {"£"}
        return " ".join(text.translate(str.maketrans(dict.fromkeys(signs, " "))).casefold().split())

    @right_answer
    def split_at_signs(text):
        import re

        return " ".join(filter(None, re.split(r"[^£\w]|_", text))).lower()

    @right_answer
    def spaces_squeezed(text):
        for c in set(text):
            text = text if c.isalnum() or c == "£" else text.replace(c, " ")
        while "  " in text:
            text = text.replace("  ", " ")
        return text.strip().lower()


def counted(docs, vocabulary):
    """(documents, words) counts."""
    place = {word: i for i, word in enumerate(vocabulary)}
    counts = np.zeros((len(docs), len(vocabulary)))
    for row, doc in zip(counts, docs, strict=True):
        for word in doc.split():
            if word in place:
                row[place[word]] += 1
    return counts


def weighed(docs, new, fitted=None, vocabulary=None, idf=None, tf=None, norm=2):
    """TF-IDF by hand with one thing or another done differently: what `docs` are fitted on, the idf, the tf, the norm."""
    vocabulary = vocabulary or sorted({word for doc in docs for word in doc.split()})
    n, df = len(fitted or docs), (counted(fitted or docs, vocabulary) > 0).sum(axis=0)
    weights = np.log((1 + n) / (1 + df)) + 1 if idf is None else idf(n, df)
    results = []
    for some in (docs, new):
        rows = (counted(some, vocabulary) if tf is None else tf(counted(some, vocabulary))) * weights
        if norm:
            size = np.linalg.norm(rows, norm, axis=1, keepdims=True)
            rows = np.divide(rows, size, out=np.zeros_like(rows), where=size > 0)
        results.append(rows)
    return (vocabulary, *results)


NEWS = ["goal match goal", "market shares", "match market match"]
NO_SKLEARN = forbid_calls(
    "sklearn",
    hint="By hand this time: scikit-learn does it in the next cell.",
    said="without scikit-learn",
)


@exercise("tfidf", points=3, objective=WEIGH, rules=[NO_SKLEARN], rtol=1e-5, atol=1e-7)
class Tfidf:
    """(vocabulary, rows, new_rows): TF-IDF weights as scikit-learn's, all of them fitted on `docs` alone."""

    def oracle(docs, new=()):
        from sklearn.feature_extraction.text import TfidfVectorizer

        fitted = TfidfVectorizer(analyzer=str.split).fit(docs)
        vocabulary = fitted.get_feature_names_out().tolist()
        rows = [
            fitted.transform(some).toarray() if len(some) else np.zeros((0, len(vocabulary))) for some in (docs, new)
        ]
        return vocabulary, *rows

    examples = [
        probe(["goal match", "match"], ["goal"]),
        probe(NEWS, ["shares goal goal vote", "vote"]),
        probe([*NEWS, "tax vote tax", "vote vote"], ["market goal", "shares film match"]),
    ]

    def hidden(rng):
        words = np.array([f"w{i:02d}" for i in range(40)])
        for docs, new in ((4, 2), (8, 3), (20, 10), (12, 5)):
            lengths = rng.integers(2, 20, size=docs + new)
            texts = [" ".join(words[np.minimum(rng.geometric(0.12, size=n), 40) - 1]) for n in lengths]
            yield probe(texts[:docs], [*texts[docs:], "w01 unseen unseen", "unseen"])

    @mistake(
        "The vocabulary is fitted on the new documents too: it has words that no training document has. Learn the words, and "
        "the weights, from `docs` alone: new documents come later, and so does the test."
    )
    def fitted_on_the_test(docs, new=()):
        together = [*docs, *new]
        return weighed(docs, new, together, sorted({word for doc in together for word in doc.split()}))

    @mistake(
        "The words are those of `docs`, but the new documents are counted among the documents: n and df know the test. Count "
        "in `docs` alone."
    )
    def weights_of_the_test(docs, new=()):
        return weighed(docs, new, [*docs, *new])

    @mistake(
        "New documents are weighed by how rare words are among *them*. A word would mean one thing in training and another in "
        "the test: use the weights of `docs`."
    )
    def each_its_own(docs, new=()):
        vocabulary, rows, _ = weighed(docs, new)
        return vocabulary, rows, weighed(docs, new, list(new) or None, vocabulary)[2]

    @mistake(
        "The rows do not have length 1. Divide each by its length, np.linalg.norm(row), so that long articles weigh no more "
        "than short ones."
    )
    def not_normalised(docs, new=()):
        return weighed(docs, new, norm=0)

    @mistake("Your rows add up to 1. It is their *length* that should be 1: the root of the sum of squares.")
    def sums_to_one(docs, new=()):
        return weighed(docs, new, norm=1)

    @mistake("The + 1 after the logarithm is missing: a word that every document has would weigh nothing at all.")
    def without_plus_one(docs, new=()):
        return weighed(docs, new, idf=lambda n, df: np.log((1 + n) / (1 + df)))

    @mistake("That is the textbook's log(n / df). Here it is smoothed: log((1 + n) / (1 + df)) + 1.")
    def textbook(docs, new=()):
        return weighed(docs, new, idf=lambda n, df: np.log(n / df))

    @mistake(
        "Two things: that is the textbook's log(n / df), and here it is smoothed, log((1 + n) / (1 + df)) + 1; and the rows are "
        "not divided by their lengths."
    )
    def textbook_not_normalised(docs, new=()):
        return weighed(docs, new, idf=lambda n, df: np.log(n / df), norm=0)

    @mistake("Unsmoothed: log(n / df) + 1. Add 1 to n and to df, as if one more document had every word once.")
    def unsmoothed(docs, new=()):
        return weighed(docs, new, idf=lambda n, df: np.log(n / df) + 1)

    @mistake("The idf is missing: a word that every document has weighs as much as one that tells them apart.")
    def only_counts(docs, new=()):
        return weighed(docs, new, idf=lambda n, df: np.ones(len(df)))

    @mistake("A word that comes three times counts once. The term frequency is how often it comes in this document.")
    def only_presence(docs, new=()):
        return weighed(docs, new, tf=lambda counts: counts > 0)

    @mistake("That is the logarithm to base 10; np.log, the natural one, is asked for.")
    def base_ten(docs, new=()):
        return weighed(docs, new, idf=lambda n, df: np.log10((1 + n) / (1 + df)) + 1)

    @mistake("df is the number of *documents* with the word, not how often it comes in all of them.")
    def counts_for_df(docs, new=()):
        vocabulary = sorted({word for doc in docs for word in doc.split()})
        total = counted(docs, vocabulary).sum(axis=0)
        return weighed(docs, new, idf=lambda n, df: np.log((1 + n) / (1 + total)) + 1)

    @mistake("A document without a known word has length 0, and 0 / 0 is NaN. Leave its row at 0.")
    def divides_by_zero(docs, new=()):
        with np.errstate(invalid="ignore", divide="ignore"):
            vocabulary, *both = weighed(docs, new, norm=0)
            return vocabulary, *(rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in both)

    @right_answer
    def by_hand(docs, new=()):
        return weighed(docs, new)

    @right_answer
    def with_loops(docs, new=()):
        words = sorted(set(" ".join(docs).split()))
        idf = {w: np.log((1 + len(docs)) / (1 + sum(w in doc.split() for doc in docs))) + 1 for w in words}

        def rows(some):
            made = np.zeros((len(some), len(words)))
            for i, doc in enumerate(some):
                for j, word in enumerate(words):
                    made[i, j] = doc.split().count(word) * idf[word]
                length = (made[i] ** 2).sum() ** 0.5
                made[i] /= length or 1.0
            return made

        return words, rows(docs), rows(new)

    @right_answer
    def with_counters(docs, new=()):
        from collections import Counter

        bags = [Counter(doc.split()) for doc in docs]
        df = Counter(word for bag in bags for word in bag)
        words = sorted(df)

        def row(bag):
            weights = np.array([bag[w] * (1 + np.log((len(docs) + 1) / (df[w] + 1))) for w in words])
            return weights / np.hypot.reduce(weights) if weights.any() else weights

        def table(some):
            return np.array([row(bag) for bag in some]).reshape(len(some), len(words))

        return words, table(bags), table([Counter(doc.split()) for doc in new])

    @right_answer
    def as_float32(docs, new=()):
        words = list(np.unique(" ".join(docs).split()))

        def counts(some):
            return np.array([[doc.split().count(word) for word in words] for doc in some], dtype="float32")

        tf = counts(docs)
        idf = np.log((1 + len(docs)) / (1 + np.count_nonzero(tf, axis=0))).astype("float32") + 1

        def unit(rows):
            norms = np.sqrt((rows**2).sum(axis=1, keepdims=True))
            return rows / np.where(norms == 0, 1, norms)

        return words, unit(tf * idf), unit(counts(new) * idf) if len(new) else np.zeros((0, len(words)), "float32")

    @right_answer
    def with_pandas(docs, new=()):
        import pandas as pd

        def counts(some):
            return pd.DataFrame([pd.Series(doc.split()).value_counts() for doc in some]).reset_index(drop=True)

        tf = counts(docs).sort_index(axis=1)
        idf = np.log((1 + len(docs)) / (1 + tf.notna().sum())) + 1
        tables = [part.reindex(columns=tf.columns).fillna(0) * idf for part in (tf, counts(new))]
        lengths = [np.sqrt((part**2).sum(axis=1)).replace(0, 1) for part in tables]
        rows, new_rows = (part.div(length, axis=0).to_numpy() for part, length in zip(tables, lengths, strict=True))
        return tf.columns.tolist(), rows, new_rows

    @right_answer
    def as_sparse_rows(docs, new=()):
        import scipy.sparse

        words = sorted(set().union(*(doc.split() for doc in docs)))
        column = {word: j for j, word in enumerate(words)}

        def counts(some):
            places = [(i, column[word]) for i, doc in enumerate(some) for word in doc.split() if word in column]
            i, j = np.array(places).reshape(-1, 2).T
            return scipy.sparse.csr_array((np.ones(len(i)), (i, j)), shape=(len(some), len(words)))

        df = (counts(docs) > 0).sum(axis=0)
        idf = scipy.sparse.diags_array(np.log((1 + len(docs)) / (1 + df)) + 1)

        def unit(rows):
            length = scipy.sparse.linalg.norm(rows, axis=1)
            return scipy.sparse.diags_array(1 / np.maximum(length, 1e-9)) @ rows

        return words, unit(counts(docs) @ idf), unit(counts(new) @ idf)

    @right_answer
    def in_a_class(docs, new=()):
        class Weigher:
            def fit(self, docs):
                split = [set(doc.split()) for doc in docs]
                self.words = sorted(set.union(*split))
                df = np.array([sum(word in words for words in split) for word in self.words])
                self.idf = 1 + np.log1p(len(docs)) - np.log1p(df)
                return self

            def transform(self, docs):
                rows = np.zeros((len(docs), len(self.words)))
                for i, doc in enumerate(docs):
                    for word in filter(self.words.__contains__, doc.split()):
                        rows[i, self.words.index(word)] += self.idf[self.words.index(word)]
                    if rows[i].any():
                        rows[i] /= np.linalg.norm(rows[i])
                return rows

        weigher = Weigher().fit(docs)
        return weigher.words, weigher.transform(docs), weigher.transform(new)


THEMES = [
    "bank shares profit market oil sales growth firm investors trade",
    "film actor music album award singer festival director band star",
    "minister election labour government vote party parliament tax policy secretary",
    "match team coach goal season striker injury cup champion league",
    "software computer internet users mobile games digital phone online data",
]
COMMON = "the of and a new said will after last year people more would first time could two made over with"


def made_up(count, seed):
    """(texts, labels): thirty words each, nine of them about the label's theme; written for this course, by dice."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % CLASSES)
    texts = []
    for label in labels:
        words = [*rng.choice(THEMES[label].split(), size=9), *rng.choice(COMMON.split(), size=21)]
        sentences = [" ".join(part).capitalize() for part in np.array_split(rng.permutation(words), 3)]
        texts.append(". ".join(sentences) + ".")
    return texts, labels


LONGEST = 5_000  # characters of a held-out article that are shown; an array of text is as wide as its longest item


@cache
def secret_split():
    """(texts, labels, held-out texts, their labels, whether they are the real articles), one fifth held out by the secret.

    Each text once, both parts in random order. Raises DataUnavailable where no articles can be had.
    """
    from autograder.course import course_secret
    from course_utils import data

    frame = data.bbc().drop_duplicates("text")
    names = sorted(set(frame["category"]))
    labels = np.array([names.index(name) for name in frame["category"]])
    rng = np.random.default_rng(random.Random(f"{course_secret()}/09/articles").getrandbits(64))
    train, test = both(taken(labels, rng.permutation(len(labels)), 0.2), len(labels))
    train, test = rng.permutation(train), rng.permutation(test)
    texts = frame["text"].tolist()
    shown = np.array([texts[i][:LONGEST] for i in test])
    return [texts[i] for i in train], labels[train], shown, labels[test], frame.attrs["canonical"]


def examined(at_least, path=False, articles=None, **of_model):
    """A probe that trains on some texts and asks about others, whose labels stay behind; `path`: also about the saved file."""
    texts, labels, shown, truth = articles or (*made_up(300, 1), *made_up(100, 2))
    shown = np.array(shown)
    facts = {"predicted": [(len(shown), CLASSES)], "outputs": "distribution", **of_model}
    facts["accuracy"] = accuracy(np.asarray(truth), at_least)
    where = [temporary("articles.keras")] if path else []
    asked = ask(shown, saved="path" if path else "")
    return probe(texts, labels, *where, ask=asked, expect=model(**facts, saved=model(**facts) if path else None))


def text_model(
    texts, labels, layers=None, epochs=8, loss="sparse_categorical_crossentropy", units=CLASSES, last="softmax"
):
    """(string model, its core, its pipeline): a bag of words and one layer; quick, and good enough to be right."""
    import keras

    words = keras.layers.TextVectorization(max_tokens=4_000, output_mode="multi_hot")
    words.adapt(np.array(texts, dtype=object), batch_size=256)
    inputs = keras.Input((words.vocabulary_size(),))
    hidden = inputs
    for layer in layers if layers is not None else [keras.layers.Dropout(0.3)]:
        hidden = layer(hidden)
    core = keras.Model(inputs, keras.layers.Dense(units, activation=last)(hidden))
    core.compile(keras.optimizers.Adam(0.01), loss)
    if epochs:
        core.fit(words(np.array(texts, dtype=object)), labels, epochs=epochs, batch_size=64, verbose=0)
    return keras.Sequential([keras.Input((), dtype="string"), words, core]), core, words


def convolved(filters=4):
    """Layers that look at a bag of words with a convolution: of no use, but a convolution."""
    import keras

    return [
        keras.layers.Reshape((-1, 1)),
        keras.layers.Conv1D(filters, 1, activation="relu"),
        keras.layers.Flatten(),
    ]


BAG = {"layers": {"Dense": (2, 9), "Dropout": (1, 9)}, "without": ["Conv1D", "LSTM", "GRU"]}
IDS = "It does not take texts. Put the pipeline into the model: keras.Sequential([keras.Input((), dtype='string'), words, network])."


@exercise("baseline_model", points=3, objective=TRAIN, time_limit=60.0)
class BaselineModel:
    """A trained network of dense layers and dropout over a bag of words; it takes texts and gives five probabilities."""

    examples = [examined(0.6, **BAG)]

    def hidden(rng):
        *articles, canonical = secret_split()
        yield examined(0.93 if canonical else 0.85, articles=articles, **BAG)

    @mistake(
        "`fit` returns a History, the record of the training. It trains the network in place, and it is the model that is "
        "asked for.",
        symptom="not a model",
    )
    def returns_history(texts, labels):
        import keras

        words = keras.layers.TextVectorization(max_tokens=100, output_mode="multi_hot")
        words.adapt(np.array(texts, dtype=object))
        core = keras.Sequential([keras.layers.Dense(CLASSES, activation="softmax")])
        core.compile("adam", "sparse_categorical_crossentropy")
        return core.fit(words(np.array(texts, dtype=object)), labels, verbose=0)

    @mistake(IDS, symptom="does not run")
    def takes_rows(texts, labels):
        import keras

        return text_model(texts, labels, [keras.layers.Dense(8), keras.layers.Dropout(0.1)], epochs=1)[1]

    @mistake(
        "One output is for two classes. For five: five units and a softmax, with 'sparse_categorical_crossentropy' for labels "
        "that are integers.",
        symptom="wrong output shape",
    )
    def one_unit(texts, labels):
        return text_model(texts, labels > 2, epochs=1, loss="binary_crossentropy", units=1, last="sigmoid")[0]

    @mistake(
        "Five sigmoids answer five separate questions, and their answers need not add up to 1. The classes exclude each "
        "other: use a softmax.",
        symptom="not a distribution",
    )
    def sigmoids(texts, labels):
        return text_model(texts, labels, epochs=1, last="sigmoid")[0]

    @mistake(
        "The last layer has no softmax: its outputs are logits. Add activation='softmax'.",
        symptom="not probabilities",
    )
    def logits(texts, labels):
        return text_model(texts, np.eye(CLASSES)[labels], epochs=1, loss="mse", last=None)[0]

    @mistake(
        "The labels are integers, one a text. 'categorical_crossentropy' wants them one-hot; the loss for integers is "
        "'sparse_categorical_crossentropy'."
    )
    def loss_for_one_hot(texts, labels):
        return text_model(texts, labels, epochs=1, loss="categorical_crossentropy")[0]

    @mistake(
        "Not the baseline that is asked for: at least two dense layers, dropout, and no convolution.",
        symptom="wrong layers",
    )
    def no_hidden_layer(texts, labels):
        return text_model(texts, labels)[0]

    @mistake(
        "It hardly knows more than chance. Was it trained at all? Are texts and labels still in the same order?",
        symptom="too low",
    )
    def labels_out_of_order(texts, labels):
        import keras

        return text_model(texts, np.sort(labels), [keras.layers.Dense(8), keras.layers.Dropout(0.1)], epochs=2)[0]

    @mistake(
        "One answer for every text: the pipeline was not adapted to the texts, or the network was never trained.",
        symptom="constant",
    )
    def knows_no_words(texts, labels):
        import keras

        words = keras.layers.TextVectorization(vocabulary=["zzz"], output_mode="multi_hot")
        layers = [keras.layers.Dense(8), keras.layers.Dropout(0.5), keras.layers.Dense(CLASSES, activation="softmax")]
        return keras.Sequential([keras.Input((), dtype="string"), words, *layers])

    @right_answer
    def quick(texts, labels):
        import keras

        return text_model(texts, labels, [keras.layers.Dense(32, activation="relu"), keras.layers.Dropout(0.3)])[0]

    @right_answer
    def one_by_one(texts, labels):
        import keras
        import tensorflow as tf

        words = keras.layers.TextVectorization(max_tokens=5_000, output_mode="tf_idf")
        words.adapt(np.array(texts, dtype=object), batch_size=256)
        inputs = keras.Input((1,), dtype="string")
        hidden = keras.layers.Dropout(0.2)(keras.layers.Dense(24, activation="relu")(words(inputs)))
        whole = keras.Model(inputs, keras.layers.Dense(CLASSES, activation="softmax")(hidden))
        whole.compile("adam", "categorical_crossentropy")
        whole.fit(tf.constant(texts)[:, None], np.eye(CLASSES)[labels], epochs=6, batch_size=16, verbose=0)
        return whole

    @right_answer
    def functional_with_rmsprop(texts, labels):
        import keras
        import tensorflow as tf

        words = keras.layers.TextVectorization(10_000, output_mode="count", standardize="lower_and_strip_punctuation")
        words.adapt(np.array(texts))
        text = keras.Input(shape=(), dtype="string")
        rows = keras.layers.Rescaling(0.1)(words(text))
        hidden = keras.layers.Dropout(0.5)(keras.layers.Dense(16, "tanh")(rows))
        whole = keras.Model(text, keras.layers.Softmax()(keras.layers.Dense(CLASSES)(hidden)))
        whole.compile(keras.optimizers.RMSprop(0.01), keras.losses.SparseCategoricalCrossentropy())
        whole.fit(tf.data.Dataset.from_tensor_slices((texts, labels)).batch(64), epochs=6, verbose=0)
        return whole

    @right_answer
    def stopped_early(texts, labels):
        import keras

        words = keras.layers.TextVectorization(max_tokens=3_000, output_mode="multi_hot", ngrams=2)
        words.adapt(np.array(texts, dtype=object), batch_size=512)
        rows = np.asarray(words(np.array(texts, dtype=object)))
        network = keras.Sequential([keras.Input((rows.shape[1],)), keras.layers.Dropout(0.2)])
        network.add(keras.layers.Dense(20, activation="elu"))
        network.add(keras.layers.Dense(CLASSES, activation="softmax"))
        network.compile(keras.optimizers.Nadam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
        stop = keras.callbacks.EarlyStopping(patience=1, restore_best_weights=True)
        network.fit(rows, labels, epochs=6, batch_size=64, validation_split=0.2, callbacks=[stop], verbose=0)
        return keras.Sequential([words, network])

    @right_answer
    def class_of_its_own(texts, labels):
        import keras

        class Reader(keras.Model):
            def __init__(self):
                super().__init__()
                self.words = keras.layers.TextVectorization(max_tokens=4_000, output_mode="multi_hot")
                self.hidden, self.drop = keras.layers.Dense(16, activation="relu"), keras.layers.Dropout(0.3)
                self.last = keras.layers.Dense(CLASSES, activation="softmax")

            def call(self, texts, training=False):
                return self.last(self.drop(self.hidden(self.words(texts)), training=training))

        reader = Reader()
        reader.words.adapt(np.array(texts, dtype=object), batch_size=256)
        reader.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
        reader.fit(np.array(texts, dtype=object), np.array(labels), batch_size=64, epochs=5, verbose=0)
        return reader


CONVOLUTION = {"layers": {"Conv1D": (1, 40)}}


@exercise("cnn_model", points=5, objective=TRAIN, time_limit=60.0)
class CnnModel:
    """A trained convolutional network that takes texts and gives five probabilities; saved, with its pipeline, at `path`."""

    examples = [examined(0.6, path=True, **CONVOLUTION)]

    def hidden(rng):
        *articles, canonical = secret_split()
        yield examined(0.9 if canonical else 0.8, path=True, articles=articles, **CONVOLUTION)

    @mistake(
        "`fit` returns a History, the record of the training; the model is asked for.",
        symptom="not a model",
    )
    def returns_history(texts, labels, path):
        return BaselineModel.mistakes[0].answer(texts, labels)

    @mistake(IDS, symptom="does not run")
    def takes_rows(texts, labels, path):
        return text_model(texts, labels, convolved(), epochs=1)[1]

    @mistake(
        "One output is for two classes. For five: five units and a softmax.",
        symptom="wrong output shape",
    )
    def one_unit(texts, labels, path):
        return text_model(
            texts, labels > 2, convolved(), epochs=1, loss="binary_crossentropy", units=1, last="sigmoid"
        )[0]

    @mistake(
        "The labels are integers, one a text. 'categorical_crossentropy' wants them one-hot; the loss for integers is "
        "'sparse_categorical_crossentropy'."
    )
    def loss_for_one_hot(texts, labels, path):
        return text_model(texts, labels, convolved(), epochs=1, loss="categorical_crossentropy")[0]

    @mistake("There is no Conv1D in it: this exercise asks for a convolution over the words.", symptom="wrong layers")
    def no_convolution(texts, labels, path):
        return text_model(texts, labels, epochs=1)[0]

    @mistake(
        "It hardly knows more than chance. Was it trained long enough? Are texts and labels still in the same order?",
        symptom="too low",
    )
    def labels_out_of_order(texts, labels, path):
        return text_model(texts, np.sort(labels), convolved(), epochs=2)[0]

    @mistake("The model is right, but nothing was saved: `model.save(path)`, after the training.", symptom="no file")
    def not_saved(texts, labels, path):
        return text_model(texts, labels, convolved())[0]

    @mistake(
        "The model that you return has learned, the one in the file has not: save it after the training, not before.",
        symptom="saved: too low",
    )
    def saved_too_early(texts, labels, path):
        text_model(texts, labels, convolved(), epochs=0)[0].save(path)
        return text_model(texts, labels, convolved())[0]

    @mistake(
        "The file holds the network without its pipeline: nobody could feed it a text. Save the model that takes texts.",
        symptom="saved: does not run",
    )
    def saved_without_pipeline(texts, labels, path):
        whole, core, _ = text_model(texts, labels, convolved())
        core.save(path)
        return whole

    @mistake(
        "The file carries Python code (a Lambda layer, or a function of yours as `standardize=`), and Keras refuses to run "
        "code from a file, with good reason. Use layers of Keras only.",
        symptom="file cannot be loaded",
    )
    def carries_code(texts, labels, path):
        import keras

        whole = text_model(texts, labels, [*convolved(), keras.layers.Lambda(lambda x: 2 * x)])[0]
        whole.save(path)
        return whole

    @right_answer
    def over_vectors(texts, labels, path):
        import keras

        words = keras.layers.TextVectorization(max_tokens=6_000, output_sequence_length=150)
        words.adapt(np.array(texts, dtype=object), batch_size=256)
        layers = [
            keras.layers.Embedding(6_000, 32),
            keras.layers.Conv1D(48, 2, activation="relu"),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dense(CLASSES, activation="softmax"),
        ]
        network = keras.Sequential(layers)
        network.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
        network.fit(words(np.array(texts, dtype=object)), labels, epochs=6, batch_size=32, verbose=0)
        whole = keras.Sequential([keras.Input((), dtype="string"), words, network])
        whole.save(path)
        return whole

    @right_answer
    def over_the_bag(texts, labels, path):
        whole = text_model(texts, labels, convolved())[0]
        whole.save(str(path))
        return whole

    @right_answer
    def widths_side_by_side(texts, labels, path):
        import keras
        import tensorflow as tf

        words = keras.layers.TextVectorization(max_tokens=5_000, output_sequence_length=200)
        words.adapt(np.array(texts))
        text = keras.Input((), dtype="string")
        vectors = keras.layers.Embedding(words.vocabulary_size(), 24, mask_zero=False)(words(text))
        windows = [keras.layers.Conv1D(48, width, activation="relu", padding="same")(vectors) for width in (1, 3)]
        pooled = keras.layers.Concatenate()([keras.layers.GlobalMaxPooling1D()(each) for each in windows])
        whole = keras.Model(text, keras.layers.Dense(CLASSES, "softmax")(keras.layers.Dropout(0.2)(pooled)))
        whole.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
        whole.fit(tf.constant(texts), labels, epochs=7, batch_size=32, verbose=0)
        keras.saving.save_model(whole, path)
        return whole

    @right_answer
    def loaded_again(texts, labels, path):
        import keras
        import tensorflow as tf

        words = keras.layers.TextVectorization(max_tokens=5_000, output_sequence_length=100, standardize="lower")
        words.adapt(np.array(texts, dtype=object), batch_size=256)
        whole = keras.Sequential([keras.Input((1,), dtype="string"), words, keras.layers.Embedding(5_000, 16)])
        whole.add(keras.layers.Conv1D(32, 3, strides=2))
        whole.add(keras.layers.BatchNormalization())
        whole.add(keras.layers.ReLU())
        whole.add(keras.layers.GlobalAveragePooling1D())
        whole.add(keras.layers.Dense(CLASSES, activation="softmax"))
        whole.compile(keras.optimizers.AdamW(0.02), "categorical_crossentropy")
        rows = tf.constant(texts)[:, None]
        whole.fit(rows, keras.utils.to_categorical(labels, CLASSES), epochs=6, batch_size=32, verbose=0)
        whole.save(path)
        return keras.models.load_model(path)

    @right_answer
    def pooled_twice(texts, labels, path):
        import keras

        words = keras.layers.TextVectorization(max_tokens=5_000, output_mode="int", output_sequence_length=200)
        words.adapt(np.array(texts, dtype=object), batch_size=256)
        network = keras.Sequential()
        network.add(keras.Input((200,), dtype="int64"))
        network.add(keras.layers.Embedding(5_000, 48))
        network.add(keras.layers.SpatialDropout1D(0.3))
        network.add(keras.layers.Conv1D(64, 3, activation="relu"))
        network.add(keras.layers.MaxPooling1D(2))
        network.add(keras.layers.Conv1D(64, 3, activation="relu"))
        network.add(keras.layers.GlobalMaxPooling1D())
        network.add(keras.layers.Dense(CLASSES, activation="softmax"))
        network.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
        network.fit(words(np.array(texts, dtype=object)), labels, epochs=8, batch_size=32, verbose=0)
        text = keras.Input((1,), dtype="string", name="article")
        whole = keras.Model(text, network(words(text)))
        whole.save(path, overwrite=True)
        return whole


def sign_test(k, n):
    """The two-sided exact p of k of n at one half, by adding up binomial coefficients."""
    from math import comb

    tail = sum(comb(n, i) for i in range(min(k, n - k) + 1))
    return min(1.0, 2 * tail / 2**n)


TRUTH = np.array([0, 1, 2, 0, 1, 2, 0, 1])


@exercise("mcnemar", points=3, objective=COMPARE)
class Mcnemar:
    """(only_a, only_b, p): how many articles only one of the two gets right, and McNemar's exact two-sided p."""

    def oracle(y, a, b):
        from scipy.stats import binomtest

        only_a, only_b = int(((a == y) & (b != y)).sum()), int(((a != y) & (b == y)).sum())
        return only_a, only_b, float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0

    examples = [
        probe(np.array([0, 1, 1]), np.array([0, 1, 1]), np.array([0, 0, 0])),
        probe(TRUTH, np.array([0, 1, 2, 0, 1, 2, 0, 0]), np.array([1, 0, 0, 0, 2, 0, 1, 1])),
        probe(TRUTH, np.array([0, 1, 2, 0, 1, 0, 1, 2]), np.array([1, 2, 1, 0, 1, 0, 0, 0])),
        probe(TRUTH, np.array([0, 1, 2, 0, 1, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 0, 2, 1])),
        probe(TRUTH, np.array([0, 1, 0, 0, 2, 2, 0, 2]), np.array([0, 1, 2, 1, 1, 2, 0, 0])),
    ]

    def hidden(rng):
        for n, good, better in ((40, 0.7, 0.8), (200, 0.9, 0.96), (426, 0.97, 0.975), (426, 0.9, 0.97), (30, 0.5, 0.5)):
            y = rng.integers(0, 5, size=n)
            a, b = (
                np.where(rng.random(n) < share, y, (y + rng.integers(1, 5, size=n)) % 5) for share in (good, better)
            )
            yield probe(y, a, b)

    @mistake(
        "You compare two accuracies as if two classes had sat two examinations. It was the same examination: only the articles "
        "on which the two differ say who is better. Count those that only one of them gets right."
    )
    def unpaired(y, a, b):
        from scipy.stats import fisher_exact

        right = int((a == y).sum()), int((b == y).sum())
        return *right, float(fisher_exact([[right[0], len(y) - right[0]], [right[1], len(y) - right[1]]])[1])

    @mistake(
        "The counts are right, but p is that of an unpaired test on two accuracies. Both judged the same articles: under the "
        "null hypothesis each article of the two counts is a toss of a coin."
    )
    def counts_but_unpaired(y, a, b):
        return *Mcnemar.oracle(y, a, b)[:2], Mcnemar.mistakes[0].answer(y, a, b)[2]

    @mistake(
        "That is one tail: the chance of at most this many. The other one could have been the better too: double it."
    )
    def one_sided(y, a, b):
        from scipy.stats import binom

        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        return only_a, only_b, float(binom.cdf(min(only_a, only_b), only_a + only_b, 0.5))

    @mistake("Twice the tail is more than 1 where both counts are equal. No probability is: cap it at 1.")
    def above_one(y, a, b):
        from scipy.stats import binom

        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        return only_a, only_b, 2 * float(binom.cdf(min(only_a, only_b), only_a + only_b, 0.5))

    @mistake(
        "That is the chi-square approximation. With so few articles on which they differ it is too sure of itself: add up the "
        "binomial probabilities, which is exact."
    )
    def chi_square(y, a, b):
        from scipy.stats import chi2

        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        differing = only_a + only_b
        return only_a, only_b, float(chi2.sf((only_a - only_b) ** 2 / differing, 1)) if differing else 1.0

    @mistake(
        "That is the chi-square approximation, with the correction for few articles. Add up the binomial probabilities: that is exact."
    )
    def corrected_chi_square(y, a, b):
        from scipy.stats import chi2

        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        differing = only_a + only_b
        return only_a, only_b, float(chi2.sf((abs(only_a - only_b) - 1) ** 2 / differing, 1)) if differing else 1.0

    @mistake(
        "The number of tosses is too large: where both are wrong, and say different things, neither has won. Toss only for "
        "articles that exactly one of them gets right."
    )
    def all_disagreements(y, a, b):
        only_a, only_b, _ = Mcnemar.oracle(y, a, b)
        return only_a, only_b, sign_test(min(only_a, only_b), int((a != b).sum()))

    @mistake("The two counts are swapped: first the articles that only `a` gets right.")
    def swapped(y, a, b):
        only_a, only_b, p = Mcnemar.oracle(y, a, b)
        return only_b, only_a, p

    @mistake(
        "p is right, but the counts are those of all right answers. The two counts asked for leave out what both get right."
    )
    def counts_all_right(y, a, b):
        return int((a == y).sum()), int((b == y).sum()), Mcnemar.oracle(y, a, b)[2]

    @right_answer
    def by_coefficients(y, a, b):
        right_a, right_b = a == y, b == y
        only_a, only_b = int(np.sum(right_a & ~right_b)), int(np.sum(~right_a & right_b))
        return only_a, only_b, sign_test(only_a, only_a + only_b)

    @right_answer
    def with_the_distribution(y, a, b):
        from scipy.stats import binom

        only_a = np.sum((a == y) > (b == y))
        only_b = np.sum((a == y) < (b == y))
        return only_a, only_b, min(1.0, 2 * binom.cdf(min(only_a, only_b), only_a + only_b, 0.5))

    @right_answer
    def article_by_article(y, a, b):
        from math import comb

        only_a = only_b = 0
        for truth, said_a, said_b in zip(y, a, b, strict=True):
            if said_a == truth != said_b:
                only_a += 1
            elif said_b == truth != said_a:
                only_b += 1
        n = only_a + only_b
        if only_a == only_b:
            return only_a, only_b, 1.0
        return only_a, only_b, sum(comb(n, i) for i in range(max(only_a, only_b), n + 1)) / 2 ** (n - 1)

    @right_answer
    def as_unlikely_or_more(y, a, b):
        from scipy.stats import binom

        only_a, only_b = np.count_nonzero((a == y) & (b != y)), np.count_nonzero((b == y) & (a != y))
        chances = binom.pmf(np.arange(only_a + only_b + 1), only_a + only_b, 0.5)
        return only_a, only_b, chances[chances <= chances[only_a] * (1 + 1e-9)].sum()

    @right_answer
    def exactly(y, a, b):
        from fractions import Fraction

        better = (a == y).astype(int) - (b == y).astype(int)
        only_a, only_b = (better == 1).sum(), (better == -1).sum()
        row = [Fraction(1)]
        for _ in range(only_a + only_b):  # Pascal's triangle, halved in each row
            row = [(left + right) / 2 for left, right in zip([0, *row], [*row, 0], strict=True)]
        return int(only_a), int(only_b), float(min(1, 2 * sum(row[: min(only_a, only_b) + 1])))

    @right_answer
    def from_the_table(y, a, b):
        from scipy.stats import binomtest
        from sklearn.metrics import confusion_matrix

        table = confusion_matrix(a == y, b == y, labels=[False, True])
        only_a, only_b = table[1, 0], table[0, 1]
        if only_a + only_b == 0:
            return 0, 0, 1.0
        return only_a, only_b, binomtest(min(only_a, only_b), only_a + only_b, alternative="two-sided").pvalue

    @right_answer
    def with_pandas(y, a, b):
        import pandas as pd
        from scipy.special import bdtr

        right = pd.DataFrame({"a": a == y, "b": b == y})
        only = [len(right.query("a and not b")), len(right.query("b and not a"))]
        p = 1.0 if only[0] == only[1] else 2 * bdtr(min(only), sum(only), 0.5)
        return (*only, p)
