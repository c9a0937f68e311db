import ast

from autograder.exercise import exercise, mistake, probe

from .shared import LITERALS


@exercise("literal_type", points=1, objective=LITERALS)
class LiteralType:
    """The name of the type of a Python literal, given as source text."""

    def oracle(source):
        tree = ast.parse(source, mode="eval")
        parts = (ast.Expression, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.Constant, ast.UnaryOp, ast.USub, ast.Load)
        if not all(isinstance(part, parts) for part in ast.walk(tree)):
            raise ValueError(f"{source!r} is not a literal")
        node = tree.body
        for kind, name in ((ast.Tuple, "tuple"), (ast.List, "list"), (ast.Dict, "dict"), (ast.Set, "set")):
            if isinstance(node, kind):
                return name
        if isinstance(node, ast.UnaryOp):
            node = node.operand
        return type(node.value).__name__

    examples = [
        probe("(5)"),
        probe("(5,)"),
        probe("{}"),
        probe("{1}"),
        probe("1, 2"),
        probe("len('abc')"),
        probe("None"),
        probe("'5'"),
        probe("[1, 2]"),
        probe("-2.5"),
    ]

    def hidden(rng):
        a, b, c = (int(n) for n in rng.integers(2, 100, size=3))
        for source in (
            "()",
            f"({a})",
            f"(({b}))",
            f"({c},)",
            f"{a}, {b}, {c}",
            "[]",
            f"[({a}, {b})]",
            "{}",
            f"{{{a}, {b}}}",
        ):
            yield probe(source)
        for source in (
            f"{{{a}: {b}}}",
            f"{{({a}, {b}): 'x'}}",
            f"'{a}'",
            f"{a}.0",
            f"-{b}",
            "True",
            "None",
            f"max({a}, {b})",
            f"[max({a}, {b})]",
            f"{{'x': len('{c}')}}",
            "pi",
            "'pi'",
        ):
            yield probe(source)
        for source in ("'(1, 2)'", "('a,b')", "{':'}", "['{}']", "[{1: 2}]", "((), ())"):  # brackets that mislead
            yield probe(source)

    braces_are_a_set = mistake(
        "`{}` is an empty *dict*: dicts had the braces first. An empty set is written `set()`.",
        lambda source: "set" if source == "{}" else type(literal(source)).__name__,
    )

    @mistake("Parentheses alone make no tuple: `(5)` is the number 5, as in `2 * (5)`. The *comma* makes the tuple.")
    def parentheses_make_a_tuple(source):
        if source.startswith("(") and source.endswith(")"):
            return "tuple"
        return type(literal(source)).__name__

    runs_the_text = mistake(
        "`eval` *runs* the text, whatever it says: here it called a function, next time it deletes your files. "
        "`ast.literal_eval` reads literals only, and raises ValueError for the rest.",
        lambda source: type(eval(source)).__name__,
    )
    type_of_the_text = mistake(
        "That is the type of `source` itself, which is always text. Turn the text into a value first.",
        lambda source: type(source).__name__,
    )
    type_not_name = mistake(
        "You return the type itself. Its name, as text, is in its attribute `__name__`.",
        lambda source: type(literal(source)),
    )
    text_of_the_type = mistake(
        "`str` of a type says `<class 'tuple'>`. The name alone is in its attribute `__name__`.",
        lambda source: str(type(literal(source))),
    )
    value_itself = mistake(
        "That is the value that the text describes. The task asks for the *name* of its type, as text.",
        lambda source: literal(source),
    )

    none_is_none = mistake(
        'Its type has another name than None itself: `type(None).__name__` says "NoneType".',
        lambda source: "None" if source == "None" else type(literal(source)).__name__,
    )


def literal(source):
    """The value of a literal, and ValueError for anything else: a right answer, less the name of the type."""
    return ast.literal_eval(source)
