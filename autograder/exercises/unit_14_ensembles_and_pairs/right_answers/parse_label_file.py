"""Right answers to `parse_label_file`, each written in another way."""

import re
from itertools import takewhile

MARK = "__label__"


def counting_tokens(lines):
    labels, words, bad = [], [], []
    for number, line in enumerate(lines, start=1):
        tokens = line.split()
        if not tokens:
            continue
        n = 0
        while n < len(tokens) and tokens[n].startswith(MARK) and len(tokens[n]) > len(MARK):
            n += 1
        if n == 0:
            bad.append(number)
        else:
            labels.append([token[len(MARK) :] for token in tokens[:n]])
            words.append(tokens[n:])
    return labels, words, bad


def taking_while(lines):
    result = [], [], []
    for i in range(len(lines)):
        tokens = lines[i].split()
        own = list(takewhile(lambda token: token.startswith(MARK) and token != MARK, tokens))
        if own:
            result[0].append([token.removeprefix(MARK) for token in own])
            result[1].append(tokens[len(own) :])
        elif tokens:
            result[2].append(i + 1)
    return result


def with_a_pattern(lines):
    labels, words, bad = [], [], []
    for number, line in enumerate(lines, 1):
        rest, own = line.strip(), []
        if not rest:
            continue
        while found := re.match(r"__label__(\S+)\s*", rest):
            own.append(found[1])
            rest = rest[found.end() :]
        if own:
            labels.append(own)
            words.append(rest.split())
        else:
            bad.append(number)
    return labels, words, bad


def popping(lines):
    labels, words, bad = [], [], []
    number = 0
    for line in lines:
        number += 1
        rest = line.split()[::-1]
        if len(rest) == 0:
            continue
        own = []
        while rest and rest[-1][:9] == MARK and rest[-1][9:]:
            own.append(rest.pop()[9:])
        if not own:
            bad.append(number)
            continue
        labels += [own]
        words += [rest[::-1]]
    return labels, words, bad


def with_a_state(lines):
    labels, words, bad = [], [], []
    for number, line in enumerate(lines, 1):
        own, text, before = [], [], True
        for token in line.split():
            before = before and token.startswith(MARK) and token != MARK
            (own if before else text).append(token[9:] if before else token)
        if own:
            labels.append(own)
            words.append(text)
        elif text:
            bad.append(number)
    return labels, words, bad


def partitioned(lines):
    good, bad = [], []
    for number, line in enumerate(lines, 1):
        own, (token, rest) = [], _next(line)
        while token.startswith(MARK) and token != MARK:
            own.append(token[len(MARK) :])
            line = rest
            token, rest = _next(line)
        if own:
            good.append((own, line.split()))
        elif token:
            bad.append(number)
    return [own for own, _ in good], [words for _, words in good], bad


def _next(line):
    token, *rest = line.split(maxsplit=1) or [""]
    return token, rest[0] if rest else ""
