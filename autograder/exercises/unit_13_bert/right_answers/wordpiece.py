"""Right answers to `wordpiece`, each written in another way."""


def with_a_window_that_shrinks(word, vocabulary):
    pieces, start = [], 0
    while start < len(word):
        end = len(word)
        while end > start:
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in vocabulary:
                break
            end -= 1
        if end == start:
            return ["[UNK]"]
        pieces.append(piece)
        start = end
    return pieces


def by_itself(word, vocabulary):
    def rest_of(text):
        if text in ("", "##"):
            return []
        for end in range(len(text), 2 if text.startswith("##") else 0, -1):
            if text[:end] in vocabulary:
                after = rest_of("##" + text[end:])
                return None if after is None else [text[:end], *after]
        return None

    found = rest_of(word)
    return ["[UNK]"] if found is None else found


def longest_of_all_that_fit(word, vocabulary):
    pieces, rest = [], word
    while rest:
        marks = "##" if pieces else ""
        lengths = [n for n in range(1, len(rest) + 1) if marks + rest[:n] in vocabulary]
        if not lengths:
            return ["[UNK]"]
        pieces.append(marks + rest[: max(lengths)])
        rest = rest[max(lengths) :]
    return pieces


def with_next(word, vocabulary):
    found, at = [], 0
    while at < len(word):
        prefix = "##" * bool(at)
        end = next((end for end in reversed(range(at + 1, len(word) + 1)) if prefix + word[at:end] in vocabulary), None)
        if end is None:
            found = ["[UNK]"]
            break
        found += [prefix + word[at:end]]
        at = end
    return found


def sorted_by_length(word, vocabulary):
    longest_first = sorted(vocabulary, key=lambda piece: len(piece.removeprefix("##")), reverse=True)
    pieces, marked = [], word
    while marked not in ("", "##"):
        inside = marked.startswith("##")
        for piece in longest_first:
            if piece.startswith("##") == inside and piece != "##" and piece and marked.startswith(piece):
                pieces.append(piece)
                marked = "##" + marked[len(piece) :]
                break
        else:
            return ["[UNK]"]
    return pieces


def with_regular_expressions(word, vocabulary):
    import re

    def any_of(pieces):
        return re.compile("|".join(map(re.escape, sorted(pieces, key=len, reverse=True))) or r"(?!)")

    first = any_of(piece for piece in vocabulary if not piece.startswith("##"))
    inside = any_of(piece[2:] for piece in vocabulary if piece.startswith("##") and len(piece) > 2)
    match = first.match(word)
    if not match:
        return ["[UNK]"]
    pieces, at = [match[0]], match.end()
    while at < len(word):
        match = inside.match(word, at)
        if not match:
            return ["[UNK]"]
        pieces.append("##" + match[0])
        at = match.end()
    return pieces
