"""Right answers to `decode_review`, each written in another way."""

import numpy as np

from ..decode_review import MARKS


def inverted_dict(ids, word_index):
    words = {0: "<pad>", 1: "<start>", 2: "<unknown>"}
    for word, rank in word_index.items():
        words[rank + 3] = word
    return " ".join([words.get(i, "<unknown>") for i in ids])


def searching_loop(ids, word_index):
    text = []
    for i in ids:
        found = "<unknown>"
        for word, rank in word_index.items():
            if rank == i - 3:
                found = word
        if i == 0:
            found = "<pad>"
        elif i == 1:
            found = "<start>"
        text.append(found)
    return " ".join(text)


def with_an_array_of_words(ids, word_index):
    table = np.full(max([*ids, *word_index.values()], default=0) + 4, "<unknown>", dtype=object)
    for word, rank in word_index.items():
        table[rank + 3] = word
    table[:2] = "<pad>", "<start>"
    return " ".join(table[np.array(ids, dtype=int)])


def one_id_at_a_time(ids, word_index):
    ranks, words = list(word_index.values()), list(word_index)
    text = ""
    for i in ids:
        try:
            word = words[ranks.index(i - 3)]
        except ValueError:
            word = MARKS.get(i, "<unknown>")
        text += word + " "
    return text.rstrip()


def with_an_inner_function(ids, word_index):
    by_id = {rank + 3: word for word, rank in word_index.items()}

    def word_for(i):
        match i:
            case 0:
                return "<pad>"
            case 1:
                return "<start>"
            case _ if i in by_id:
                return by_id[i]
        return "<unknown>"

    return " ".join(map(word_for, ids))


def with_pandas(ids, word_index):
    import pandas as pd

    by_id = pd.Series({rank + 3: word for word, rank in word_index.items()} | MARKS)
    return " ".join(by_id.reindex(ids, fill_value="<unknown>"))
