import numpy as np

from autograder.exercise import exercise, forbid_calls, mistake, probe

from .shared import WEIGH

NEWS = ["goal match goal", "market shares", "match market match"]


def _by_sklearn(docs, new=()):
    """An answer that breaks the rule below."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer=str.split).fit(docs)


NO_SKLEARN = forbid_calls(
    "sklearn",
    hint="By hand this time: scikit-learn does it in the next cell.",
    said="without scikit-learn",
    broken_by=_by_sklearn,
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
        probe(["goal goal match", "match film"]),
        probe(["b a", "a a c"], ["unknown words", "c c b"]),
        probe(["art party", "part art start"], ["start parts"]),
        probe(["goal  match\n", "match\tfilm"], ["", "film  film\ngoal"]),
    ]

    def hidden(rng):
        words = np.array([f"w{i:02d}" for i in range(40)])
        for docs, new in ((4, 2), (8, 3), (20, 10), (12, 5)):
            lengths = rng.integers(2, 20, size=docs + new)
            texts = [" ".join(words[np.minimum(rng.geometric(0.12, size=n), 40) - 1]) for n in lengths]
            yield probe(texts[:docs], [*texts[docs:], "w01 unseen unseen", "unseen"])
        short = ["a", "an", "man", "mane", "ma", "e"]  # words within words
        docs = ["  ".join(rng.choice(short, size=rng.integers(2, 9))) for _ in range(6)]
        yield probe(docs, ["man\n" + docs[0], "", "amane"])

    @mistake(
        "The vocabulary is fitted on the new documents too: it has words that no training document has. Learn the words, and "
        "the weights, from `docs` alone: new documents come later, and so does the test."
    )
    def fitted_on_the_test(docs, new=()):
        together = [*docs, *new]
        return weighed(docs, new, together, sorted({word for doc in together for word in doc.split()}))

    weights_of_the_test = mistake(
        "The words are those of `docs`, but the new documents are counted among the documents: n and df know the test. Count "
        "in `docs` alone.",
        lambda docs, new=(): weighed(docs, new, [*docs, *new]),
    )

    @mistake(
        "New documents are weighed by how rare words are among *them*. A word would mean one thing in training and another in "
        "the test: use the weights of `docs`."
    )
    def each_its_own(docs, new=()):
        vocabulary, rows, _ = weighed(docs, new)
        return vocabulary, rows, weighed(docs, new, list(new) or None, vocabulary)[2]

    not_normalised = mistake(
        "The rows do not have length 1. Divide each by its length, np.linalg.norm(row), so that long articles weigh no more "
        "than short ones.",
        lambda docs, new=(): weighed(docs, new, norm=0),
    )
    sums_to_one = mistake(
        "Your rows add up to 1. It is their *length* that should be 1: the root of the sum of squares.",
        lambda docs, new=(): weighed(docs, new, norm=1),
    )
    without_plus_one = mistake(
        "The + 1 after the logarithm is missing: a word that every document has would weigh nothing at all.",
        lambda docs, new=(): weighed(docs, new, idf=lambda n, df: np.log((1 + n) / (1 + df))),
    )
    textbook = mistake(
        "That is the textbook's log(n / df). Here it is smoothed: log((1 + n) / (1 + df)) + 1.",
        lambda docs, new=(): weighed(docs, new, idf=lambda n, df: np.log(n / df)),
    )
    textbook_not_normalised = mistake(
        "Two things: that is the textbook's log(n / df), and here it is smoothed, log((1 + n) / (1 + df)) + 1; and the rows are "
        "not divided by their lengths.",
        lambda docs, new=(): weighed(docs, new, idf=lambda n, df: np.log(n / df), norm=0),
    )
    unsmoothed = mistake(
        "Unsmoothed: log(n / df) + 1. Add 1 to n and to df, as if one more document had every word once.",
        lambda docs, new=(): weighed(docs, new, idf=lambda n, df: np.log(n / df) + 1),
    )
    only_counts = mistake(
        "The idf is missing: a word that every document has weighs as much as one that tells them apart.",
        lambda docs, new=(): weighed(docs, new, idf=lambda n, df: np.ones(len(df))),
    )
    only_presence = mistake(
        "A word that comes three times counts once. The term frequency is how often it comes in this document.",
        lambda docs, new=(): weighed(docs, new, tf=lambda counts: counts > 0),
    )
    base_ten = mistake(
        "That is the logarithm to base 10; np.log, the natural one, is asked for.",
        lambda docs, new=(): weighed(docs, new, idf=lambda n, df: np.log10((1 + n) / (1 + df)) + 1),
    )

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

    half_smoothed = mistake(
        "The idf is smoothed on one side only. Add 1 to the number of documents *and* to df: log((1 + n) / (1 + df)) + 1.",
        lambda docs, new=(): weighed(docs, new, idf=lambda n, df: np.log((1 + n) / df) + 1),
    )
    half_smoothed_below = mistake(
        "The idf is smoothed on one side only: 1 is added to df and not to n. log((1 + n) / (1 + df)) + 1.",
        lambda docs, new=(): weighed(docs, new, idf=lambda n, df: np.log(n / (1 + df)) + 1),
    )

    @mistake("You divide the whole table by one number. Each *row* has a length of its own: axis=1, keepdims=True.")
    def one_length(docs, new=()):
        words, rows, new_rows = weighed(docs, new, norm=0)
        return words, *(table / (np.linalg.norm(table) or 1) for table in (rows, new_rows))

    @mistake(
        "`doc.count(word)` also finds a word inside of others: 'art' is in 'party'. Count in the list of words: "
        "doc.split().count(word)."
    )
    def parts_of_words(docs, new=()):
        vocabulary = sorted({word for doc in docs for word in doc.split()})
        counts = [
            np.array([[doc.count(word) for word in vocabulary] for doc in some]).reshape(len(some), len(vocabulary))
            for some in (docs, new)
        ]
        weights = np.log((1 + len(docs)) / (1 + (counts[0] > 0).sum(axis=0))) + 1
        lengths = [np.linalg.norm(some * weights, axis=1, keepdims=True) for some in counts]
        return vocabulary, *(
            some * weights / np.where(size > 0, size, 1) for some, size in zip(counts, lengths, strict=True)
        )

    @mistake(
        "split(' ') parts at each single space: two spaces give an empty word, and a new line or a tab parts nothing. split() "
        "without an argument takes all white space."
    )
    def split_at_each_space(docs, new=()):
        vocabulary = sorted({word for doc in docs for word in doc.split(" ")})
        place = {word: i for i, word in enumerate(vocabulary)}
        counts = [np.zeros((len(some), len(vocabulary))) for some in (docs, new)]
        for table, some in zip(counts, (docs, new), strict=True):
            for row, doc in zip(table, some, strict=True):
                for word in doc.split(" "):
                    if word in place:
                        row[place[word]] += 1
        weights = np.log((1 + len(docs)) / (1 + (counts[0] > 0).sum(axis=0))) + 1
        lengths = [np.linalg.norm(some * weights, axis=1, keepdims=True) for some in counts]
        return vocabulary, *(
            some * weights / np.where(size > 0, size, 1) for some, size in zip(counts, lengths, strict=True)
        )

    no_new_rows = mistake(
        "Without new documents your last value is None. It is an array of no rows then, (0, words).",
        lambda docs, new=(): weighed(docs, new) if new else (*weighed(docs, new)[:2], None),
    )


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
