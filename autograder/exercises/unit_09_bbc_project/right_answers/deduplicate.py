"""Right answers to `deduplicate`, each written in another way."""

import numpy as np


def with_pandas(frame):
    import pandas as pd

    return pd.DataFrame(frame).drop_duplicates("text", ignore_index=True)


def with_a_set(frame):
    seen, rows = set(), []
    for i, text in enumerate(frame["text"]):
        if text not in seen:
            seen.add(text)
            rows.append(i)
    return {name: [column[i] for i in rows] for name, column in frame.items()}


def with_duplicated(frame):
    import pandas as pd

    frame = pd.DataFrame(frame)
    return frame[~frame["text"].duplicated()].reset_index(drop=True)


def first_of_each_group(frame):
    import pandas as pd

    return pd.DataFrame(frame).groupby("text", sort=False, as_index=False).head(1)


def first_places(frame):
    _, first = np.unique(frame["text"], return_index=True)
    return {name: [frame[name][i] for i in sorted(first)] for name in ("category", "number", "text")}


def rows_in_a_dict(frame):
    rows = {}
    for category, number, text in zip(frame["category"], frame["number"], frame["text"], strict=True):
        rows.setdefault(text, (category, number, text))
    category, number, text = zip(*rows.values(), strict=True)
    return {"text": list(text), "number": list(number), "category": list(category)}


def copies_deleted(frame):
    import copy

    once = copy.deepcopy(frame)
    for i in reversed(range(len(frame["text"]))):
        if frame["text"][i] in frame["text"][:i]:
            for column in once.values():
                del column[i]
    return once


def row_by_row(frame):
    import pandas as pd

    rows = []
    for _, row in pd.DataFrame(frame).iterrows():
        if not any(row["text"] == other["text"] for other in rows):
            rows.append(row)
    return pd.DataFrame(rows)


def lists_of_numpy_strings(frame):
    rows = [i for i, text in enumerate(frame["text"]) if list(frame["text"]).index(text) == i]
    return {name: list(np.array(column)[rows]) for name, column in frame.items()}
