"""Right answers to `load_vectors`, each written in another way."""

import numpy as np


def line_by_line(lines, word_index, dimension):
    matrix = np.zeros((len(word_index) + 1, dimension))
    found = 0
    for line in lines:
        word, *numbers = line.split()
        if len(numbers) == dimension and word in word_index:
            matrix[word_index[word]] = [float(x) for x in numbers]
            found += 1
    return matrix, found


def a_dictionary_first(lines, word_index, dimension):
    known = {}
    for line in lines:
        fields = line.rstrip("\n").split(" ")
        if len(fields) == 1 + dimension:
            known[fields[0]] = np.array(fields[1:], dtype="float32")
    matrix = np.zeros((max(word_index.values()) + 1, dimension), dtype="float32")
    hits = [word for word in word_index if word in known]
    for word in hits:
        matrix[word_index[word]] = known[word]
    return matrix, len(hits)


def with_partition(lines, word_index, dimension):
    rows = {0: np.zeros(dimension)}
    found = 0
    for word, i in word_index.items():
        rows[i] = np.zeros(dimension)
        for line in lines:
            head, _, rest = line.partition(" ")
            if head == word and len(rest.split()) == dimension:
                rows[i] = np.array(rest.split(), float)
                found += 1
    return np.stack([rows[i] for i in sorted(rows)]), found


def header_dropped_first(lines, word_index, dimension):
    lines = list(lines)
    if lines and len(lines[0].split()) != dimension + 1:
        lines = lines[1:]
    table = dict(line.strip().split(None, 1) for line in lines)
    matrix = np.zeros((1 + len(word_index), dimension), "float64")
    for word in table.keys() & word_index.keys():
        matrix[word_index[word]] = list(map(float, table[word].split()))
    return matrix, len(table.keys() & word_index.keys())


def with_pandas(lines, word_index, dimension):
    import pandas as pd

    rows = [line.split() for line in lines]
    rows = [row for row in rows if len(row) == dimension + 1]
    frame = pd.DataFrame([row[1:] for row in rows], index=[row[0] for row in rows], dtype=float)
    words = [None, *sorted(word_index, key=word_index.get)]
    matrix = frame.reindex(words).fillna(0.0).to_numpy()
    return matrix, np.isin(words[1:], frame.index.to_numpy(dtype=str)).sum()


def with_marks(lines, word_index, dimension):
    matrix = np.zeros((len(word_index) + 1, dimension))
    has_one = np.zeros(len(matrix), dtype=bool)
    for line in lines:
        parts = line.split()
        if len(parts) - 1 != dimension or parts[0] not in word_index:
            continue
        matrix[word_index[parts[0]]] = np.asarray(parts[1:], dtype=float)
        has_one[word_index[parts[0]]] = True
    return matrix, int(has_one.sum())
