"""Right answers to `beam`, each written in another way."""

import numpy as np


def sorted_candidates(step, width, length):
    kept = [([], 0.0)]
    for _ in range(length):
        found = []
        for tokens, score in kept:
            if tokens and tokens[-1] == 0:
                found.append((tokens, score))
            else:
                found += [([*tokens, token], score + logarithm) for token, logarithm in enumerate(step(tokens))]
        kept = sorted(found, key=lambda pair: pair[1], reverse=True)[:width]
    return kept[0]


def with_heapq(step, width, length):
    from heapq import nlargest

    kept = [(0.0, [])]
    for _ in range(length):
        longer = [
            (score + float(s), [*tokens, token])
            for score, tokens in kept
            if 0 not in tokens
            for token, s in enumerate(step(tokens))
        ]
        kept = nlargest(width, [pair for pair in kept if 0 in pair[1]] + longer, key=lambda pair: pair[0])
    score, tokens = max(kept)
    return tokens, score


def stops_when_the_best_has_ended(step, width, length):
    kept = [((), 0.0)]
    while len(kept[0][0]) < length and kept[0][0][-1:] != (0,):  # all others can only become less likely
        found = [pair for pair in kept if pair[0][-1:] == (0,)]
        for tokens, score in kept:
            if tokens[-1:] != (0,):
                found.extend(((*tokens, token), score + s) for token, s in enumerate(step(tokens)))
        kept = sorted(found, key=lambda pair: -pair[1])[:width]
    return list(kept[0][0]), kept[0][1]


def with_a_dictionary(step, width, length):
    kept = {(): 0.0}
    for _ in range(length):
        found = {}
        for tokens, score in kept.items():
            if 0 in tokens:
                found[tokens] = score
                continue
            for token, s in enumerate(step(tokens)):
                found[(*tokens, token)] = score + s
        best = sorted(found, key=found.get, reverse=True)[:width]
        kept = {tokens: found[tokens] for tokens in best}
    best = max(kept, key=kept.get)
    return [int(token) for token in best], float(kept[best])


def with_argsort(step, width, length):
    sequences, scores = [[]], np.zeros(1)
    for _ in range(length):
        candidates, values = [], []
        for tokens, score in zip(sequences, scores):
            if tokens and tokens[-1] == 0:
                candidates.append(tokens)
                values.append(score)
                continue
            row = np.asarray(step(np.array(tokens, int)))
            candidates += [[*tokens, token] for token in range(len(row))]
            values += (score + row).tolist()
        order = np.argsort(values)[::-1][:width]
        sequences, scores = [candidates[i] for i in order], np.array(values)[order]
    return sequences[0], scores[0]


def one_round_after_the_other(step, width, length):
    def rounds(kept, left):
        if left == 0:
            return kept[0]
        found = []
        for score, tokens in kept:
            found += (
                [(score, tokens)] if 0 in tokens else [(score + s, [*tokens, t]) for t, s in enumerate(step(tokens))]
            )
        found.sort(key=lambda pair: pair[0])
        return rounds(found[-width:][::-1], left - 1)

    score, tokens = rounds([(0.0, [])], length)
    return tokens, score
