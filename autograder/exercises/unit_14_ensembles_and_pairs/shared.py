"""What several exercises of the unit use: their objectives, what models say, with digits that can be read, and how files are read."""

import numpy as np

SCORE = "score ranked answers, and say what the best possible score is"
VOTE = "let models vote, and choose who votes without a look at the test"
LEARN = "stack and boost models without letting one see its own answers"
PAIRS = "compare two texts by features that keep what a task needs"
OWN = "read files of labelled texts, and choose the model that fits a job"

MARK = "__label__"


def said(rng, members, n, classes, spread=2.0):
    """Logits of several models, one digit each: (members, n, classes)."""
    return np.round(rng.normal(0, spread, (members, n, classes)), 1)


def softmax(logits):
    """Probabilities over the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def before(tokens):
    """Whether there are nothing but labels and lone marks before a token."""
    return all(token.startswith(MARK) for token in tokens)


def without(line, labels):
    """A line from which labels are taken out, wherever they stand."""
    for label in labels:
        line = line.replace(label, "")
    return line


def changed(lines, of_labels=list, of_words=list):
    """The three lists, with something else made of each line's labels or words."""
    labels, words, bad = read(lines)
    return list(map(of_labels, labels)), list(map(of_words, words)), bad


def read(
    lines,
    *,
    anywhere=False,
    most=None,
    keep=False,
    bad_too=False,
    first_word=False,
    empty=False,
    split=str.split,
    in_words=False,
    name=lambda token: token.removeprefix(MARK),
    nameless=False,
    mark=lambda token: token.startswith(MARK),
    words=None,
    to_the_last=False,
):
    """The three lists, or what is wrong in what is given."""
    labels, texts, bad = [], [], []

    def is_label(token):
        return mark(token) and (nameless or token != MARK)

    for number, line in enumerate(lines, 1):
        if not (line.strip() or (empty(line) if callable(empty) else empty)):
            continue
        tokens = split(line)
        own = [token for token in tokens if is_label(token)] if anywhere else []
        if not anywhere:
            while len(own) < len(tokens) and is_label(tokens[len(own)]) and (most is None or len(own) < most):
                own.append(tokens[len(own)])
        if to_the_last and own:
            own = tokens[: max(i for i, token in enumerate(tokens) if is_label(token)) + 1]
        rest = [t for t in tokens if not is_label(t)] if anywhere else tokens[len(own) :]
        if words and own:
            rest = words(tokens, own)
        if first_word and not own:
            own, rest = rest[:1], rest[1:]
        if not own and (not keep or bad_too):
            bad.append(number)
        if own or keep:
            labels.append([name(token) for token in own])
            texts.append(tokens if in_words else rest)
    return labels, texts, bad
