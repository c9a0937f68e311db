"""Calls of the unit's exercises whose values can be predicted in the head: see `autograder.authoring.banks`."""

from autograder.exercise import probe


def literal_type(rng):
    a, b = (int(n) for n in rng.integers(100, 1000, size=2))  # hidden ones have smaller numbers
    for source in (
        f"({a})",
        f"({a},)",
        f"(({a},))",
        f"(({a}),)",
        f"[({a})]",
        f"({a}, [{b}])",
        f"{{({a},)}}",
        f"{{({a}): {b}}}",
        f"{{'{a}'}}",
        f"'({a},)'",
        f"'{a}, {b}'",
        f"{a}e0",
        f"-{a}.0",
        f"[{{{a}}}, {{}}]",
        f"[{{}}], {a}",
        f"abs({a})",
        f"({a}, abs({b}))",
        "False",
        "'None'",
    ):
        yield probe(source)


def shape_of(rng):
    a, b, c, d, e, f = (int(n) for n in rng.integers(10, 100, size=6))  # hidden ones have smaller numbers
    for nested in (
        a,
        [a],
        [[a]],
        [[[a]]],
        [[a], [b], [c]],
        [[a, b, c]],
        [[[a, b]]],
        [[[a], [b]]],
        [[[a]], [[b]]],
        [[a, b], [c, d], [e, f]],
        [[[a], [b]], [[c], [d]], [[e], [f]]],
        [[a, b], c],
        [a, [b, c]],
        [[a, b], [c], [d]],
        [[[a, b]], [[c]]],
        [[[a], [b]], [[c]]],
        [[], [], [], [], []],
        [[[]]],
    ):
        yield probe(nested)


def word_counts(rng):
    a, b, c = (str(word) for word in rng.permutation(["wave", "Kernel", "stone", "Paper"])[:3])
    for text in (
        f"{a} {a.upper()} {b}",
        f"{a}, {b}, {a}!",
        f"({a}) {a}-{b}",
        f"{a}-{a} {a}",
        f"{b}'s {b}",
        f"'{b}' {b}?!",
        f"{a}\n{b}  {a}",
        f"{a} ... {c}",
        f"{a}. {a}.{b}",
        f'"{c.lower()}" {c}, {c.upper()}',
        "so, so; SO!",
        "can't (can) can't.",
    ):
        yield probe(text)
