"""Right answers to `standardize`, each written in another way."""


def with_a_regular_expression(text):
    import re

    return re.sub(r"[^\w£]+|_+", " ", text.lower()).strip()


def finding_words(text):
    import re

    return " ".join(re.findall(r"(?:[^\W_]|£)+", text.lower()))


def character_by_character(text):
    words = [""]
    for c in text:
        if c.isalpha() or c.isdigit() or c == "£":
            words[-1] += c.lower()
        elif words[-1]:
            words.append("")
    return " ".join(words).rstrip()


def runs_of_characters(text):
    from itertools import groupby

    runs = groupby(text.lower(), key=lambda c: c == "£" or c.isalnum())
    return " ".join("".join(run) for is_word, run in runs if is_word)


def translated(text):
    signs = {c for c in text if not c.isalnum()} - {"£"}
    return " ".join(text.translate(str.maketrans(dict.fromkeys(signs, " "))).casefold().split())


def split_at_signs(text):
    import re

    return " ".join(filter(None, re.split(r"[^£\w]|_", text))).lower()


def spaces_squeezed(text):
    for c in set(text):
        text = text if c.isalnum() or c == "£" else text.replace(c, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip().lower()
