"""Lessons and submissions drawn at random: whatever cells do to each other, an answer is the same in part and whole."""

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.slicing.needed import Cell, needed
from tests.autograder.slicing.made_up import SETUP, TEST, run, sources_of, traced

NAMES = st.sampled_from("xyzf")
STATEMENTS = (
    *(
        "{a} = [1]",
        "{a} = {b}",
        "{a} = [{b}, 2]",
        "{a} = list({b})",
        "{a}.append(3)",
        "{a}[0] = 4",
        "{a} += [5]",
        "{a} = 6",
    ),
    *("del {a}", "if {a}:\n    {b} = 7", "for {a} in {b}:\n    pass", "{a} = iter({b})", "next({a})", "{a} = {b}[0]"),
    *(
        "def {a}(v=0):\n    {b}.append(v)\n    return {b}",
        "def {a}(v=0):\n    return {b}",
        "{a}()",
        "{a}({b})",
        "{b} = {a}()",
    ),
    *(
        "def {a}(v=0):\n    global {b}\n    {b} = v",
        "{a} = lambda v=0: {b}",
        "{a} = np.zeros(3)",
        "{a} = {b}[1:]",
        "{a}.sort()",
    ),
    *("def {a}(v=[]):\n    v.append(1)\n    return len(v)", "try:\n    {a} = {b}()\nexcept Exception:\n    {a} = 8"),
    *(
        "class C:\n    def go(self, v=0):\n        {b}.append(v)\n{a} = C().go",
        "{a} = {{1: {b}}}",
        "{a}[1] = {b}",
        "{a} = ({b},)",
    ),
    *(  # tame functions, and such as only look so
        "def {a}(v=0):\n    w = [v, {b}]\n    w.append(v)\n    return w",
        "def {a}(v=0):\n    w = v\n    w.append(1)\n    return w",
        "def {a}(v=0):\n    w = [[], v]\n    w[1] += [2]\n    return w",
        "def {a}(v=0):\n    w = []\n    for each in v:\n        w.append({b}(each))\n    return w",
        "def {a}(v=0):\n    return sorted(v, key={b})",
        "def {a}(v=0):\n    return map(len, v)",
        "def {a}(v=0):\n    return v",
        "def {a}(v=0):\n    return len(v) + sum(each for each in v)",
        "{a} = {b}({b})\n{a}.append(9)",
        "for {a} in zip({b}, {b}):\n    {a}[0].append(1)",
        "{a}, {b} = {b}, [{a}]",
        "with np.errstate(all='ignore'):\n    {a} = {b}",
    ),
    *(
        "{a} = random.random()",
        "random.seed(1)",
        "{a} = np.random.default_rng(2)",
        "{a}.random()",
        "print({a})",
        "len({a})",
    ),
)


@st.composite
def cell(draw) -> Cell:
    """A cell of one or two statements."""
    lines = draw(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=2))
    return Cell("\n".join(line.format(a=draw(NAMES), b=draw(NAMES)) for line in lines))


@st.composite
def lessons(draw) -> tuple[list[Cell], list[Cell]]:
    """A lesson, and what a learner handed in of it."""
    plain = draw(st.lists(cell(), min_size=2, max_size=7))
    first, other = draw(cell()), draw(cell())
    name = draw(NAMES)
    last = [Cell(f"def answer():\n    return {name}() if callable({name}) else {name}", "answer"), TEST]
    if draw(st.booleans()):
        last[0] = Cell(f"kept = {name}\ndef answer():\n    return kept", "answer")
    at, end = draw(st.integers(0, len(plain))), draw(st.integers(0, len(plain)))
    graded = Cell(first.source, "first")
    released = [Cell(SETUP), *plain]
    for place, cells in sorted([(1 + at, [graded]), (1 + end, last)], key=lambda pair: -pair[0]):
        released[place:place] = cells
    handed_in = [Cell(other.source, "first") if one.graded == "first" else one for one in released]
    match draw(st.sampled_from(["as it is", "added", "deleted", "moved"])):
        case "added":
            handed_in.insert(draw(st.integers(1, len(handed_in))), draw(cell()))
        case "deleted":
            del handed_in[draw(st.sampled_from([i for i, one in enumerate(handed_in) if not one.graded and i]))]
        case "moved":
            taken = handed_in.pop(draw(st.sampled_from([i for i, one in enumerate(handed_in) if not one.graded and i])))
            handed_in.insert(draw(st.integers(1, len(handed_in))), taken)
    return released, handed_in


@settings(max_examples=400, deadline=None)
@given(lessons())
def test_an_answer_is_the_same_in_part_and_whole(drawn):
    released, handed_in = drawn
    found = needed(handed_in, released, traced(released), SETUP)
    for cells in (handed_in,):
        assert run(sources_of(cells), list(found.skipped)) == run(sources_of(cells))
