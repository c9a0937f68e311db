"""Right answers to `mask_tokens`, each written in another way."""

import numpy as np

from course_utils.chance import masked_often


@masked_often
def all_at_once(ids, rng, vocabulary_size, special):
    marks = list(special.values())
    chosen = (rng.random(ids.shape) < 0.15) & ~np.isin(ids, marks)
    fate = rng.choice(3, p=[0.8, 0.1, 0.1], size=ids.shape)
    ordinary = np.array([i for i in range(vocabulary_size) if i not in marks])
    shown = ids.copy()
    shown[chosen & (fate == 0)] = special["[MASK]"]
    others = chosen & (fate == 1)
    shown[others] = rng.choice(ordinary, others.sum())
    targets = np.full_like(ids, -1)
    targets[chosen] = ids[chosen]
    return shown, targets


@masked_often
def place_by_place(ids, rng, vocabulary_size, special):
    shown, targets = np.array(ids), np.full(ids.shape, -1)
    marks = set(special.values())
    for place in zip(*np.nonzero(~np.isin(ids, list(marks)))):
        if rng.random() >= 0.15:
            continue
        targets[place] = ids[place]
        lot = rng.random()
        if lot < 0.8:
            shown[place] = special["[MASK]"]
        elif lot < 0.9:
            while True:
                shown[place] = rng.integers(vocabulary_size)
                if shown[place] not in marks:
                    break
    return shown, targets


@masked_often
def one_draw_in_parts(ids, rng, vocabulary_size, special):
    lot = np.where(np.isin(ids, list(special.values())), 1.0, rng.random(ids.shape))
    ordinary = sorted(set(range(vocabulary_size)) - set(special.values()))
    anything = np.array(ordinary)[rng.integers(len(ordinary), size=ids.shape)]
    shown = np.select([lot < 0.12, lot < 0.135], [special["[MASK]"], anything], ids)
    return shown, np.where(lot < 0.15, ids, -1)


@masked_often
def with_lists(ids, rng, vocabulary_size, special):
    shown, targets = [], []
    for row in ids.tolist():
        here, wanted = [], []
        for one in row:
            asked = one not in special.values() and rng.random() < 0.15
            wanted.append(one if asked else -1)
            if asked and (lot := rng.random()) < 0.9:
                if lot < 0.8:
                    one = special["[MASK]"]
                else:
                    one = rng.choice(sorted(set(range(vocabulary_size)).difference(special.values())))
            here.append(one)
        shown.append(here)
        targets.append(wanted)
    return np.array(shown), np.array(targets)


@masked_often
def always_another_word(ids, rng, vocabulary_size, special):
    marks = np.array(list(special.values()))
    chosen = rng.uniform(size=ids.shape) < 0.15 * ~np.isin(ids, marks)
    fate = rng.uniform(size=ids.shape)
    shown = np.where(chosen & (fate < 0.8), special["[MASK]"], ids)
    for row, column in np.argwhere(chosen & (fate >= 0.8) & (fate < 0.9)):
        ordinary = np.setdiff1d(np.arange(vocabulary_size), [*marks, ids[row, column]])
        shown[row, column] = rng.choice(ordinary)
    return shown, ids * chosen - ~chosen


@masked_often
def flat_indices(ids, rng, vocabulary_size, special):
    flat = ids.ravel().copy()
    targets = np.full(flat.shape, -1)
    words = np.flatnonzero(~np.isin(flat, list(special.values())))
    chosen = words[rng.random(len(words)) < 0.15]
    targets[chosen] = flat[chosen]
    lots = rng.random(len(chosen))
    allowed = np.delete(np.arange(vocabulary_size), [i for i in special.values() if i < vocabulary_size])
    flat[chosen[lots < 0.8]] = special["[MASK]"]
    replaced = chosen[lots >= 0.9]
    flat[replaced] = rng.choice(allowed, size=len(replaced))
    return flat.reshape(ids.shape), targets.reshape(ids.shape)
