"""Right answers to `strip_post`, each written in another way."""

import re

from ..strip_post import QUOTED


def from_the_end(text):
    lines = text.partition("\n\n")[2].strip().split("\n")
    for i in range(len(lines) - 1, 0, -1):
        if not lines[i].strip(" \t-"):
            if not lines[i].strip().strip("-"):
                lines = lines[:i]
                break
    return "\n".join(line for line in lines if not QUOTED.search(line)).strip()


def with_marks(text):
    body = text.partition("\n\n")[2]
    lines = body.strip().splitlines()
    marks = [i for i, line in enumerate(lines) if i > 0 and set(line.strip()) <= {"-"}]
    kept = lines[: marks[-1]] if marks else lines
    return "\n".join([line for line in kept if QUOTED.search(line) is None]).strip()


def with_split(text):
    if "\n\n" not in text:
        return ""
    lines = text.split("\n\n", 1)[1].strip().split("\n")
    end = len(lines)
    for i, line in enumerate(lines):
        if line.strip().strip("-") == "" and i:
            end = i
    return "\n".join(filter(lambda line: not QUOTED.search(line), lines[:end])).strip()


def with_while(text):
    at = text.find("\n\n")
    lines = (text[at + 2 :] if at >= 0 else "").strip().split("\n")
    end = len(lines) - 1
    while end > 0 and not re.fullmatch(r"\s*-*\s*", lines[end]):
        end -= 1
    lines = lines[:end] if end > 0 else lines
    own = []
    for line in lines:
        if not QUOTED.search(line):
            own.append(line)
    return "\n".join(own).strip()


def with_own_words(text):
    body = text[text.index("\n\n") :].strip() if "\n\n" in text else ""
    lines = body.split("\n")
    separators = [i for i in range(1, len(lines)) if lines[i].strip().replace("-", "") == ""]
    if separators:
        lines = lines[: max(separators)]

    def quoted(line):
        said = ("writes in", "writes:", "wrote:", "says:", "said:")
        return line.startswith((">", "|", "In article", "Quoted from")) or any(each in line for each in said)

    return "\n".join(line for line in lines if not quoted(line)).strip()
