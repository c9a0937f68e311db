"""Right answers to `tfidf`, each written in another way."""

import numpy as np

from ..tfidf import weighed


def by_hand(docs, new=()):
    return weighed(docs, new)


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
