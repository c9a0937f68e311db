import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import LOOK


def table(*rows):
    """A dict of columns from rows of (category, number, text)."""
    return {name: [row[i] for row in rows] for i, name in enumerate(("category", "number", "text"))}


@exercise("deduplicate", points=2, objective=LOOK)
class Deduplicate:
    """The table with each text once: the first row that has it stays, in its place."""

    def oracle(frame):
        return kept(frame, lambda i: frame["text"][i] not in frame["text"][:i])

    examples = [
        probe(table(("sport", "001", "goal"), ("sport", "002", "match"), ("tech", "001", "goal"))),
        probe(table(("tech", "001", "phone"), ("tech", "002", "phone"), ("tech", "003", "Phone"))),
        probe(
            table(
                *(("politics", "001", "vote"), ("politics", "002", "tax"), ("politics", "003", "vote")),
                *(("sport", "001", "cup"), ("sport", "002", "tax"), ("sport", "003", "bat")),
            )
        ),
        probe(
            table(("sport", "001", "goal"), ("sport", "002", "goal "), ("tech", "001", "goal"), ("tech", "001", "ball"))
        ),
    ]

    def hidden(rng):
        for rows in (4, 9, 20, 60):
            words = rng.choice(["ball", "Ball", "bank", "film", "oil", "law", "web", "album"], size=rows).tolist()
            categories = np.sort(rng.choice(["business", "sport", "tech"], size=rows)).tolist()
            numbers = [f"{categories[:i].count(name) + 1:03d}" for i, name in enumerate(categories)]
            yield probe(table(*zip(categories, numbers, words, strict=True), ("tech", "900", words[0])))

    by_number = mistake(
        "You compare numbers. They begin anew in every folder, so articles that only share a number are thrown away, and "
        "copies, which have numbers of their own, stay. It is the text that must not repeat.",
        lambda frame: kept(frame, lambda i: frame["number"][i] not in frame["number"][:i]),
    )
    whole_rows = mistake(
        "You compare whole rows, and no two rows are alike: a copy has a number of its own. Say which column counts: "
        "`subset='text'`.",
        lambda frame: kept(frame, lambda i: True),
    )

    @mistake(
        "A text that stands in two categories is still there twice. It is the same text: one copy could land in training and "
        "one in the test. Compare the text alone."
    )
    def within_category(frame):
        pairs = list(zip(frame["category"], frame["text"], strict=True))
        return kept(frame, lambda i: pairs[i] not in pairs[:i])

    drops_all_copies = mistake(
        "You throw away every copy, the first included. One of them should stay: the first.",
        lambda frame: kept(frame, lambda i: frame["text"].count(frame["text"][i]) == 1),
    )
    keeps_last = mistake(
        "Of several copies you keep the last one. The first should stay, with its category.",
        lambda frame: kept(frame, lambda i: frame["text"][i] not in frame["text"][i + 1 :]),
    )

    @mistake(
        "The texts are right, but beside them stand the category and the number of a *later* copy: a dict keeps what was written into "
        "it last. Write into it only where the text is not in it yet."
    )
    def values_of_the_last(frame):
        last = dict(zip(frame["text"], zip(frame["category"], frame["number"], strict=True), strict=True))
        categories, numbers = zip(*last.values(), strict=True) if last else ((), ())
        return {"category": list(categories), "number": list(numbers), "text": list(last)}

    neighbours_only = mistake(
        "You only look at the row before. Copies can be hundreds of rows apart: remember all texts seen so far.",
        lambda frame: kept(frame, lambda i: i == 0 or frame["text"][i] != frame["text"][i - 1]),
    )

    @mistake(
        "'Phone' and 'phone' are two texts here: compare them as they are. (How alike is alike? A good question for a report.)"
    )
    def ignores_case(frame):
        texts = [text.lower() for text in frame["text"]]
        return kept(frame, lambda i: texts[i] not in texts[:i])

    @mistake(
        "The right rows, but sorted by text: `groupby` and `set` lose the order of the file. Keep the rows in their places."
    )
    def sorted_by_text(frame):
        once = Deduplicate.oracle(frame)
        order = sorted(range(len(once["text"])), key=once["text"].__getitem__)
        return {name: [column[i] for i in order] for name, column in once.items()}

    @mistake(
        "You change the texts before you compare them: spaces at their ends and capitals are lost. Compare them as they are."
    )
    def strips_and_lowers(frame):
        texts = [text.strip().lower() for text in frame["text"]]
        return kept(frame, lambda i: texts[i] not in texts[:i])

    takes_a_data_frame = mistake(
        "`check` hands over a dict of columns, which has no such method. Begin with `frame = pd.DataFrame(frame)`: then a "
        "data frame comes of either.",
        lambda frame: frame.drop_duplicates("text"),
    )
    texts_only = mistake(
        "Those are the texts alone. Their categories are needed too: return the table, all its columns.",
        lambda frame: list(dict.fromkeys(frame["text"])),
    )

    copies_alone = mistake(
        "Those are the copies. Keep the others: of each text the first row.",
        lambda frame: kept(frame, lambda i: frame["text"][i] in frame["text"][:i]),
    )
    strips_texts = mistake(
        "You take spaces off before you compare, or lower the texts. They are the same only if every character is.",
        lambda frame: kept(
            frame, lambda i: frame["text"][i].strip() not in [text.strip() for text in frame["text"][:i]]
        ),
    )


def kept(frame, keep):
    """The rows of a table for which `keep(row number)` holds."""
    rows = [i for i in range(len(frame["text"])) if keep(i)]
    return {name: [column[i] for i in rows] for name, column in frame.items()}
