# %% [markdown]
# # Hold data: containers, arrays, images
#
# At the end you will have taken apart a sentence, a photograph, a film and a chord, and seen what they are to a
# computer: numbers with a shape.
#
# | section | minutes |
# |---|---|
# | A flower, from close by | 3 |
# | Round 1: four boxes | 28 |
# | Round 2: numbers with a shape | 23 |
# | Round 3: pictures | 19 |
# | Round 4: text, film, sound | 28 |
# | Round 5: where things live | 13 |
# | Checkpoint, break it, recap | 6 |
#
# About 120 minutes in all. A good place for a break is after round 2.
#
# **You need** a little Python: variables, `if`, `for`, functions. You will also meet `try` with `except`,
# comprehensions and f-strings; these you need only read. No mathematics beyond adding up and multiplying, except in the
# part on sound. There you meet a sine and a logarithm, which you need only read as well.
#
# Next: [Convolve and pool by hand](../02_convolution_and_pooling/02_convolution_and_pooling.ipynb).

# %% [markdown]
# ## You will be able to
#
# - tell from its brackets and commas what a literal makes
# - count and compare with dicts and sets
# - read the shape of nested lists and arrays
# - move pictures between BGR, RGB, grey and float, and stack them into a batch
# - find the files of a data set without leaving your folder

# %%
import os
import tempfile
from pathlib import Path

import cv2
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_sample_image

from course_utils import check, plot, practice, question, start

start("01_containers_and_arrays")

# %% [markdown]
# ## A flower, from close by
#
# Here is a photograph, then a small piece of it, then a still smaller piece with the numbers that are really there.
# Everything in this course, from finding an edge to telling praise from blame, happens to tables of numbers like the
# one on the right.

# %%
flower = load_sample_image("flower.jpg")
piece = flower[188:212, 424:448]
corner = piece[6:12, 12:18, 0]  # its red channel

figure, (whole, near, numbers) = plot.subplots(1, 3, figsize=(10, 3.2), width_ratios=[1.5, 1, 1])
whole.imshow(flower)
whole.add_patch(plt.Rectangle((424, 188), 24, 24, fill=False, edgecolor="white", linewidth=2))
whole.set(title=f"the photograph, {flower.shape}", xlabel="column", ylabel="row")
near.imshow(piece)
near.add_patch(plt.Rectangle((11.5, 5.5), 6, 6, fill=False, edgecolor="white", linewidth=2))
near.set(title=f"the white square, {piece.shape}", xlabel="column")
plot.number_grid(numbers, corner, f"how red it is, {corner.shape}")
plot.show(
    figure,
    alt="A photograph of a flower, a square of it enlarged until pixels show, and the numbers of 6 by 6 of them.",
)

# %% [markdown]
# Three questions hide in this figure. What *holds* all these numbers, and how do you ask it for some of them? What do
# the three numbers in `(427, 640, 3)` say? And why is the third one 3? We take them in turn, and begin with the
# smallest boxes that Python has.

# %% [markdown]
# ## Round 1: four boxes
#
# Python has four containers that you will meet in every program. They differ in three things: do the items have an
# **order**, can you **change** the container once it is made, and can it be **hashed**, that is, be a key of a dict or
# an item of a set?
#
# | | looks like | ordered | can change | repeats | can be a key |
# |---|---|---|---|---|---|
# | `tuple` | `(1, 2)` | yes | no | yes | yes, if its items can |
# | `list` | `[1, 2]` | yes | yes | yes | no |
# | `dict` | `{'a': 2}` | as inserted | yes | values yes, keys no | no |
# | `set` | `{1, 2}` | no | yes | no | no |
#
# What is in the table's second column is called a *literal*: a value written out in the source.
#
# **Predict before you run.** Below are seven literals. Which types are they? Two of the seven surprise nearly everyone.

# %%
written = {"()": (), "(5)": (5), "(5,)": (5,), "[]": [], "{}": {}, "{1}": {1}, "{'a': 2}": {"a": 2}}
for source, value in written.items():
    print(f"{source:9} is of type {type(value).__name__}")

# %% [markdown]
# The second line says `int`: parentheses group, as in `2 * (5)`, and make nothing. It is the **comma** that makes a
# tuple. Standing alone, only the empty tuple needs its parentheses. Inside a call, a list or a dict every tuple needs
# them, because a comma there means something else. And `{}` is a **dict**: it had the braces first, and the set came
# later. An empty set has to be asked for by name.

# %%
point = 3, 4
print(type(point).__name__, type(set()).__name__, len(set("banana")))

# %% [markdown]
# Why would one want a container that cannot change? Because it can be a **key**. A dict finds a key by its hash, a
# number computed from the contents. If the contents could change, the hash would no longer fit, and the entry would be
# lost.

# %%
board = {(0, 0): "rook", (0, 1): "knight"}
print(board[0, 1])  # the same as board[(0, 1)]
try:
    board[[0, 2]] = "bishop"
except TypeError as error:
    print("TypeError:", error)

# %% [markdown]
# One tool for the first exercise. You have *text* such as `"(5,)"`, for example from a settings file, and want the
# value it describes. `eval` would run the text, whatever it says: `"delete_everything()"` too. `ast.literal_eval` reads
# literals and nothing else. (Two exceptions: `"set()"`, because the empty set has no literal, and complex numbers such
# as `"1+2j"`.)

# %%
import ast

print(sum(ast.literal_eval("[1, 2]")))
try:
    ast.literal_eval("delete_everything()")
except ValueError as error:
    print("ValueError:", str(error).partition(" on ")[0])

# %% [markdown]
# ### Exercise: `literal_type` (1 point, about 4 minutes, easy)
#
# Given the source text of a literal, return the name of the type that it makes, as text. Text that is not a literal,
# such as a call or a name, must not be run: let the `ValueError` of `ast.literal_eval` through. Text that is no Python
# at all, such as `"(5"`, raises a `SyntaxError` there; you may let that through, too.
#
# The cell below your answer tries it on a few examples, as often as you like, and says what it finds. Points are given
# for other calls, which it does not show: an answer that does all that is written here passes them too. The cell after
# that, where there is one, offers **practice** once the check is right: you predict what the function returns for
# inputs that you have not seen. It gives no points. Some exercises have none. What can be clicked in a notebook works
# as long as its kernel runs. When you open the notebook another day, you may read "Error displaying widget" in such a
# place: run the cell above it again.


# %%
def literal_type(source):
    """The name of the type of a Python literal.

    source: text, e.g. "(5,)".
    Returns a str, e.g. "tuple" for "(5,)", "int" for "(5)", "NoneType" for "None".
    Raises ValueError for text with a call or a name in it, e.g. "len('abc')".
    """
    ### BEGIN SOLUTION
    return type(ast.literal_eval(source)).__name__
    ### END SOLUTION


# %%
check("literal_type", literal_type)

# %%
practice("literal_type")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two steps: from text to value, from value to type.
# </details>
# <details><summary>Hint 2</summary>
#
# `type(3.5)` is the type itself. Types, functions and modules carry their name in the attribute `__name__`.
# </details>
# <details><summary>If you see "str" everywhere</summary>
#
# You asked for the type of the text. The text has to become a value first.
# </details>

# %% [markdown]
# ### Lists: a row of things that changes
#
# A list grows and shrinks. Follow it on paper before you run: what is left at the end?

# %%
animals = ["cat", "dog"]
animals.append("emu")  # at the end
animals.insert(1, "bee")  # in front of position 1
print(animals)

# %%
animals.remove("dog")  # the first item that equals "dog"
last = animals.pop()  # takes the last one out and hands it over
del animals[0]  # by position
print(animals, last)

# %%
tens, more = [30, 10, 20], [50, 40]
numbers = tens + more  # `+` makes a new list
print(numbers.index(50), numbers)
print(numbers.sort(), numbers)  # `sort` works in place and returns None

# %% [markdown]
# Everyone forgets that `None` once: `numbers = numbers.sort()` throws the list away. Most methods that *change* a list
# return `None`, as `append`, `insert`, `remove` and `sort` do. `pop` is an exception: it returns the item that it took
# out. `sorted(numbers)` leaves the old list alone and returns a new one.
#
# ### Dicts: a name for each value

# %%
stock = {"fig": 3, "kiwi": 5}
before = stock.copy()  # a second dict; `before = stock` would be a second name for the same one
stock.update({"kiwi": 4, "plum": 9})  # overwrites and adds
del stock["fig"]
print(stock, before)

# %%
print(stock.get("plum"), stock.get("fig"), stock.get("fig", 0))

# %% [markdown]
# `stock["fig"]` would raise a `KeyError` by now. `get` returns `None` instead, or whatever you give it as a second
# argument. With a default of 0, a dict is a tally sheet: `counts[word] = counts.get(word, 0) + 1`.
#
# Many programs that read text contain that line. To use it, you need to say what a word *is*, and here is a fair rule:
# lower case, cut at white space, punctuation off both ends. So `"Don't stop!"` is `don't` and `stop`.

# %%
import string

print(string.punctuation)
print("(Don't!)".strip(string.punctuation), "--".strip(string.punctuation) == "")

# %% [markdown]
# ### Exercise: `word_counts` (2 points, about 8 minutes, medium)
#
# Count the words of a text. The rule, to the letter: turn the text into lower case; cut it at white space (spaces,
# tabs, new lines, any number of them); take the characters of `string.punctuation` off both *ends* of each piece, and
# leave those inside (`don't`, `well-made`); what is empty then was no word.


# %%
def word_counts(text):
    """How often each word occurs.

    text: a str, e.g. "Good -- very good!"
    Returns a dict word -> count, in any order, e.g. {"good": 2, "very": 1}; {} for a text without words.
    """
    ### BEGIN SOLUTION
    counts = {}
    for piece in text.lower().split():
        word = piece.strip(string.punctuation)
        if word:
            counts[word] = counts.get(word, 0) + 1
    return counts
    ### END SOLUTION


# %%
check("word_counts", word_counts)

# %%
practice("word_counts")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Start with an empty dict, loop over the pieces of `text.lower().split()`, and keep the tally as above.
# </details>
# <details><summary>Hint 2</summary>
#
# `piece.strip(string.punctuation)` is the word. Test whether anything is left of it before you count.
# </details>
# <details><summary>If you see single letters as keys</summary>
#
# You loop over the text itself. A string is a sequence of characters; `split` makes the words.
# </details>

# %% [markdown]
# ### Sets: what is in, what is out
#
# A set forgets order and repeats, and knows four operations: `|` (in either), `&` (in both), `-` (in the first only),
# `^` (in exactly one). Here are two discs. Each is a table of *true* and *false*, one for each pixel (an array, the
# subject of round 2). The same signs work on such tables, pixel by pixel, so NumPy can draw what Python's sets do.
# (Arrays say `left & ~right` for the difference.) Dark blue is what is in the result; pale blue is in at least one of
# the discs, but not in the result. You need not read the code of the drawing.

# %%
row, column = np.mgrid[0:80, 0:120]
left = (row - 40) ** 2 + (column - 45) ** 2 < 30**2
right = (row - 40) ** 2 + (column - 75) ** 2 < 30**2
drawn = {"a | b": left | right, "a & b": left & right, "a - b": left & ~right, "a ^ b": left ^ right}
drawn = {title: disc + 0.35 * (left | right) for title, disc in drawn.items()}
plot.images(
    drawn,
    alt="Two overlapping discs, four times: both, their overlap, the left without it, both without it.",
    cmap="Blues",
)

# %%
a, b = {"good", "film", "plot"}, {"bad", "film"}
print(sorted(a | b), sorted(a & b))
print(sorted(a - b), sorted(a ^ b))

# %% [markdown]
# ### Exercise: `set_ops` (1 point, about 4 minutes, easy)
#
# Two collections come in: lists with repeats, perhaps, or sets. All four results go out, as sets, in one dict whose
# keys are the signs. Leave the inputs as they are.


# %%
def set_ops(a, b):
    """The four set operations on two collections of hashable items.

    a, b: lists, tuples or sets, e.g. [1, 2, 2] and [2, 3].
    Returns a dict of four sets, e.g. {"|": {1, 2, 3}, "&": {2}, "-": {1}, "^": {1, 3}}; "-" is what only `a` has.
    """
    ### BEGIN SOLUTION
    a, b = set(a), set(b)
    return {"|": a | b, "&": a & b, "-": a - b, "^": a ^ b}
    ### END SOLUTION


# %%
check("set_ops", set_ops)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `set(a)` makes a set of whatever `a` is, and a new one even where `a` is a set already.
# </details>
# <details><summary>Hint 2</summary>
#
# Write the dict out by hand: four keys, four expressions.
# </details>
# <details><summary>If you see "unsupported operand type(s)"</summary>
#
# Lists know none of these signs. Both inputs must become sets first.
# </details>

# %% [markdown]
# ### Find the bug
#
# These two snippets went around in course material for years. Each breaks one of this round's rules. Which, and what is
# the repair? Decide, then run.

# %%
try:
    seen = {}  # an empty set
    seen.add("cat")
except AttributeError as error:
    print(error)

# %%
try:
    fruit = ["fig", "kiwi"]
    fruit.add("plum")  # lists grow
except AttributeError as error:
    print(error)

# %% [markdown]
# <details><summary>The repairs</summary>
#
# The comment in the first one is wrong: `{}` is an empty dict, and a dict has no `add`. The set is `seen = set()`.
#
# In the second one the comment is right: lists do grow. But the method is called `append`, for it adds at the end:
# `fruit.append("plum")`. `add` belongs to sets, which have no positions.
# </details>

# %% [markdown]
# ## Round 2: numbers with a shape
#
# Put lists into a list and you have a table; put tables into a list and you have a stack. An **array** is that, made
# strict: every level has items of one length, and every number has one type. Its **shape** is a tuple with one length
# for each level, the outermost first. In the drawing every pair of brackets is a box.
#
# **Predict before you run**: six nested lists. Count the boxes inside the outermost one, then go inwards. What are
# their shapes?

# %%
nested_lists = [[1, 2], [[1, 2]], [[[1, 2]]], [[1], [2]], [[[1], [2]]], [[[1]], [[2]]]]
figure, grid = plot.subplots(2, 3, figsize=(9, 3.6))
for axes, nested in zip(grid.flat, nested_lists, strict=True):
    plot.nested_lists(axes, nested, title=str(nested))
plot.show(figure, alt="Six nested lists of the numbers 1 and 2, with each pair of brackets drawn as a box.")

# %%
for nested in nested_lists:
    print(f"{nested!s:16} {np.array(nested).shape}")

# %% [markdown]
# The numbers 1 and 2 never changed; only the boxes did. So a shape says how many *levels* there are (`ndim`), and the
# product of its numbers how many *elements* (`size`). A plain number has no level at all: its shape is `()`.
#
# ### Exercise: `shape_of` (2 points, about 10 minutes, medium)
#
# Find the shape yourself. NumPy stays out of this one: the check watches what your function calls. The rule is short: a
# number has shape `()`; a list has its length, followed by the shape that all its items share. If they do not share
# one, there is no array in it: raise `ValueError`.
#
# The rule speaks of the shape of the items, so the function may call itself. That is called *recursion*. Here is one
# that adds up the numbers from 1 to n:
#
# ```python
# def total(n):
#     if n == 0:
#         return 0
#     return n + total(n - 1)
# ```
#
# What is `total(2)`? It is 2 + `total(1)`, so Python first works out `total(1)`, which is 1 + `total(0)`. And
# `total(0)` is 0, without another call. Now the sums can be finished: 1 + 0 is 1, and 2 + 1 is 3. So a recursion needs
# two things: a case that is answered at once, and calls that come closer to that case.


# %%
def shape_of(nested):
    """The shape of nested lists of numbers, without NumPy.

    nested: a number, or a list of numbers, or a list of such lists, ...
    Returns a tuple of int, outermost first: () for 5, (0,) for [], (2, 1) for [[1], [2]].
    Raises ValueError when items of one list differ in shape, e.g. [[1, 2], [3]] or [1, [2]].
    """
    ### BEGIN SOLUTION
    if not isinstance(nested, list):
        return ()
    shapes = {shape_of(item) for item in nested}
    if len(shapes) > 1:
        raise ValueError(f"items of different shapes {sorted(shapes)} make no array")
    return (len(nested), *(shapes.pop() if shapes else ()))
    ### END SOLUTION


# %%
check("shape_of", shape_of)

# %%
practice("shape_of")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The function calls itself for each item of a list. What is the case in which it does not call itself?
# </details>
# <details><summary>Hint 2</summary>
#
# Collect the shapes of all items. Tuples are hashable, so put them into a set: how many different ones may there be?
# `isinstance(nested, list)` tells whether `nested` is a list; `raise ValueError("different shapes")` stops with that
# error.
# </details>
# <details><summary>If you see "unsupported operand type(s) for +"</summary>
#
# A tuple with one item is `(n,)`. `(n)` is a number.
# </details>
# <details><summary>If you see a KeyError from <code>pop</code></summary>
#
# The list `[]` has no items, so there is no shape that they share. Treat it first.
# </details>

# %% [markdown]
# ### One type for all: `dtype`
#
# An array has one `dtype`. Mix types and NumPy picks one that holds them all, which is how whole numbers become floats
# and, now and then, numbers become text.

# %%
for values in [[1, 2], [1, 2.5], [True, False], [1, "2"], np.uint8([1, 2]), np.float32([1, 2])]:
    array = np.array(values)
    print(f"{values!s:16} {array.dtype!s:8} {array.itemsize} bytes each")

# %% [markdown]
# Remember `uint8` (a byte: whole numbers from 0 to 255) and `float32` (about seven digits, four bytes). Pictures are
# stored as the first, and networks compute with the second.
#
# ### Along which `axis`?
#
# `sum`, `mean`, `max` and their friends take an `axis`: the level that **disappears**. `axis=0` of a table goes down
# the rows and leaves one number for each column; `axis=-1` always means the last level. In the figure the row sums are
# drawn upright, beside their rows; their shape is `(2,)` all the same. (`np.newaxis` as an index adds an axis of length
# 1: the drawing needs tables.)

# %%
table = np.array([[1, 2, 3], [10, 20, 30]])
figure, ((left, right), (below, empty)) = plot.subplots(2, 2, figsize=(5, 3), width_ratios=[3, 1], height_ratios=[2, 1])
plot.number_grid(left, table, "table, (2, 3)")
plot.number_grid(right, table.sum(axis=1)[:, np.newaxis], "sum(axis=1), (2,)")
plot.number_grid(below, table.sum(axis=0)[np.newaxis], "sum(axis=0), (3,)")
empty.axis("off")
plot.show(figure, alt="A table of 2 by 3 numbers, its three column sums 11, 22, 33 and its two row sums 6 and 60.")

# %% [markdown]
# ### Broadcasting: small meets large
#
# Two arrays of different shapes can still be added. NumPy compares the shapes from the *right*: the last length with
# the last, the one before it with the one before it, and so on. Each two lengths must be equal, or one of them must be
# 1 or missing. A length of 1 is then repeated as often as needed, without being copied.
#
# **Predict**: a column of three and a row of four. What shape does the sum have?

# %%
tens, ones = np.array([[10], [20], [30]]), np.array([1, 2, 3, 4])
figure, panels = plot.subplots(1, 3, figsize=(8, 2.7), width_ratios=[1, 4, 4])
plot.number_grid(panels[0], tens, "(3, 1)")
plot.number_grid(panels[1], ones[np.newaxis], "+    (4,)")
plot.number_grid(panels[2], tens + ones, "=    (3, 4)")
plot.show(figure, alt="A column 10, 20, 30 plus a row 1, 2, 3, 4 gives a table of 3 by 4 numbers from 11 to 34.")

# %%
print((flower * np.array([1.0, 0.5, 0.5])).shape)  # (427, 640, 3) with (3,): one factor for each channel
try:
    np.ones((2, 3)) + np.ones(2)  # 3 stands above 2
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# ### Views and copies
#
# A slice of a *list* is a new list. A slice of an *array* is a **view**: a window on the same memory. So slicing costs
# nothing, even where the array is large. But what you write into the slice is written into the array.
#
# **Predict**: we paint a square into a slice of one picture, and into a *copy* of a slice of another. Which photograph
# is damaged?

# %%
first, second = flower.copy(), flower.copy()
view = first[100:300, 200:400]
view[:] = 255
copy = second[100:300, 200:400].copy()
copy[:] = 255
painted = {"a view was painted": first, "a copy was painted": second}
plot.images(painted, alt="The flower with a white square where a view was painted, and untouched where a copy was.")

# %%
print(np.shares_memory(view, first), np.shares_memory(copy, second))
print(np.shares_memory(flower[::-1], flower), np.shares_memory(flower[:, :, [2, 1, 0]], flower))

# %% [markdown]
# Slices (`start:stop:step`, also with a negative step) give views. A *list* of positions, a *mask* (an array of true
# and false used as an index), or arithmetic gives something new. If you are not sure, ask `np.shares_memory`; if you
# need an array of your own, call `.copy()`.

# %% [markdown]
# ## Round 3: pictures
#
# A colour picture is `(rows, columns, 3)`: for every pixel how much red, green and blue. So the `(427, 640, 3)` of the
# beginning is 427 high, 640 wide, with three channels. Let us save it, and open it again with the three libraries that
# everyone uses. We write to a temporary folder.

# %%
temporary = tempfile.TemporaryDirectory()
folder = Path(temporary.name)
small = np.ascontiguousarray(flower[::4, ::4])  # every fourth row and column
plt.imsave(folder / "matplotlib.png", small)

# %%
from PIL import Image

Image.fromarray(small).save(folder / "pillow.png")
cv2.imwrite(str(folder / "opencv.png"), small)

# %% [markdown]
# **Predict**: `small` is uint8, RGB. What will each library say of the file that it has just written itself: shape,
# dtype, largest value, and the first pixel?

# %%
opened = {
    "matplotlib": plt.imread(folder / "matplotlib.png"),
    "pillow": np.array(Image.open(folder / "pillow.png")),
    "opencv": cv2.imread(str(folder / "opencv.png")),
}
for name, image in opened.items():
    print(f"{name:11} {image.shape} {image.dtype!s:8} largest {image.max():<4} first pixel {image[0, 0].round(2)}")
print(f"{'in memory':11} {small.shape} {small.dtype!s:8} largest {small.max():<4} first pixel {small[0, 0]}")

# %% [markdown]
# Three libraries, three habits. **Matplotlib** added a fourth channel, opacity, and reads PNG files as floats from 0
# to 1. **Pillow** returns what it was given. **OpenCV** seems to return the same, too. (It does not always raise an
# error, by the way: where a file cannot be read `imread` returns `None`, and where the folder to write to is missing
# `imwrite` returns `False`. So look at what they return.) Now cross over: open with Pillow what OpenCV wrote.

# %%
crossed = {
    "in memory": small,
    "Pillow wrote, Pillow read": np.array(Image.open(folder / "pillow.png")),
    "OpenCV wrote, Pillow read": np.array(Image.open(folder / "opencv.png")),
    "Pillow wrote, OpenCV read": cv2.imread(str(folder / "pillow.png")),
}
plot.images(
    crossed, alt="The small flower four times: right twice, and with red and blue exchanged where OpenCV was involved."
)

# %% [markdown]
# OpenCV keeps channels as **blue, green, red**, for reading and for writing. As long as you stay within OpenCV, the
# order is exchanged twice, and all looks right. As soon as a picture leaves it, red and blue change places. There is no
# error. A network that was trained on RGB pictures still gives answers, only worse ones, so the bug is hard to find.
#
# ### Exercise: `bgr_to_rgb` (2 points, about 4 minutes, easy)
#
# Exchange the first and the third channel. Return a **new** array with the same dtype: not the input changed, and not a
# view of it either.


# %%
def bgr_to_rgb(image):
    """A picture with red and blue exchanged.

    image: (H, W, 3) array of any dtype, channels in the order blue, green, red.
    Returns a new (H, W, 3) array of the same dtype, red, green, blue: the pixel (1, 2, 3) becomes (3, 2, 1).
    """
    ### BEGIN SOLUTION
    return image[:, :, ::-1].copy()
    ### END SOLUTION


# %%
check("bgr_to_rgb", bgr_to_rgb)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The three axes are row, column, channel. Only the last one is to be turned round; the others are taken whole with `:`.
# </details>
# <details><summary>Hint 2</summary>
#
# `::-1` reverses an axis, and gives a view. What did the last part of round 2 say about that?
# </details>
# <details><summary>If you see an upside-down picture</summary>
#
# `image[::-1]` reverses the first axis.
# </details>

# %% [markdown]
# ### uint8 against float
#
# The same picture is stored as bytes from 0 to 255 or as floats from 0 to 1. Libraries guess which from the dtype, so a
# picture of floats from 0 to 255 is taken for one that is far too bright: all above 1 is white. Divide when you go to
# float; multiply, **round** and only then `astype` on the way back, since `astype(np.uint8)` cuts fractions off.

# %%
china = load_sample_image("china.jpg")[::2, ::2]  # (214, 320, 3)
as_float = china / 255
too_bright = np.clip(china.astype(float), 0, 1)  # what is drawn of floats from 0 to 255
shown = {"uint8, 0..255": china, "float, 0..1": as_float, "float, 0..255": too_bright}
plot.images(
    shown,
    alt="A temple three times: as bytes, the same as floats up to 1, and nearly white as floats up to 255.",
    columns=3,
)

# %%
back = np.rint(as_float * 255).astype(np.uint8)
cut = (as_float * 255 * 0.999).astype(np.uint8)  # a fraction too little is enough
print("rounded:", np.abs(back.astype(int) - china).max(), " cut off:", np.abs(cut.astype(int) - china).max())

# %% [markdown]
# ### From colour to grey
#
# How bright is a colour? The eye is not fair: of three lamps equally strong, it finds the green one brightest and the
# blue one darkest. The standard for television of 1982, ITU-R BT.601, gave the weights that OpenCV and Pillow still
# use:
#
# $$Y = 0.299\,R + 0.587\,G + 0.114\,B$$

# %%
weights = np.array([0.299, 0.587, 0.114])
rainbow = plt.get_cmap("hsv")(np.linspace(0, 1, 320))[np.newaxis, :, :3]  # every hue at full strength, (1, 320, 3)
test = np.concatenate([np.repeat(rainbow, 60, axis=0), as_float])  # above the temple
greys = {"colour": test, "plain mean": test.mean(axis=-1), "weighted": test @ weights}
plot.images(
    greys,
    alt="A rainbow above a temple: red, green and blue are the same grey in the plain mean, and three greys when weighted.",
    columns=3,
    size=3,
)

# %% [markdown]
# To the plain mean red, green and blue are the same grey; weighted, green is about twice as bright as red, and blue
# nearly black. `test @ weights` multiplies the last axis, the channels, by the weights and adds up: `(274, 320, 3)`
# becomes `(274, 320)`.
#
# ### Exercise: `to_grayscale` (2 points, about 7 minutes, medium)
#
# The picture is **RGB** this time. Compute in floats with the weights above, round to the nearest whole number, return
# uint8. A difference of one grey level from OpenCV is accepted, since libraries round differently. So the check does
# not tell rounding from cutting off; you know why rounding is better.


# %%
def to_grayscale(image):
    """The brightness of a picture, with the weights 0.299, 0.587, 0.114 of ITU-R BT.601.

    image: (H, W, 3) uint8, channels red, green, blue.
    Returns (H, W) uint8, rounded: the pixel (255, 0, 0) becomes 76, since 0.299 * 255 = 76.2; white stays 255.
    One grey level more or less is accepted.
    """
    ### BEGIN SOLUTION
    return np.rint(image @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
    ### END SOLUTION


# %%
check("to_grayscale", to_grayscale)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `image[..., 0]` is the red channel, an (H, W) array. Times 0.299 it becomes float by itself.
# </details>
# <details><summary>Hint 2</summary>
#
# Add the three weighted channels (or use `@`), then `np.rint`, then `astype(np.uint8)`.
# </details>
# <details><summary>If you see small numbers where bright ones should be</summary>
#
# Something was added as uint8 and ran over 255. Multiply by the weights before you add.
# </details>

# %% [markdown]
# ## Round 4: text, film, sound
#
# Pictures were made for arrays. What of the rest?
#
# **Text** is a row of whole numbers: each character has one. In a file it is bytes, and the encoding UTF-8 spends one
# byte on `a`, two on `é` and three on `猫`. So `len` depends on what you ask.

# %%
text = "cat, café, 猫"
print([ord(character) for character in text])
print(len(text), "characters,", len(text.encode("utf-8")), "bytes")
print(np.frombuffer(text.encode("utf-8"), np.uint8))

# %% [markdown]
# Code numbers have an order that means nothing: `b` has a larger number than `a`, but it is not "more" in any sense.
# Hence a form that networks can use, called **one-hot**: one row for each position, one column for each letter, a
# single 1 in every row. Read the picture from the top: can you spell it?

# %%
alphabet = np.array(list("abcdefghijklmnopqrstuvwxyz "))
sentence = np.array(list("the cat sat"))
one_hot = sentence[:, np.newaxis] == alphabet  # (11, 1) with (27,) -> (11, 27)
figure, axes = plot.subplots(figsize=(7.5, 3.2))
axes.imshow(one_hot, cmap="Blues", vmax=1.3)
axes.set(title=f"'the cat sat', {one_hot.shape}", xlabel="letter (the last column is the space)", ylabel="position")
axes.set(xticks=range(27), xticklabels=alphabet, yticks=range(11))
plot.show(figure, alt="A grid of 11 rows and 27 columns with one dark cell in each row, spelling 'the cat sat'.")

# %% [markdown]
# **A film** is a stack of pictures: `(frames, rows, columns, 3)`. We make a short one, a square on its way across a
# dark room, and lay its frames side by side.

# %%
film = np.zeros((12, 32, 48, 3), np.float32)
for t, frame in enumerate(film):  # each frame is a view: writing to it writes to the film
    frame[4 + t : 12 + t, 2 + 3 * t : 10 + 3 * t] = 0.9, 0.6, 0.0
strip = {f"frame {t}": film[t] for t in range(0, 12, 2)}
plot.images(
    strip,
    alt="Six frames of a film in which an orange square moves from top left to bottom right.",
    columns=6,
    size=1.6,
)

# %% [markdown]
# **Predict**: what does the *mean over axis 0* look like? And what is left of the *difference of two neighbours*?

# %%
change = np.abs(film[6] - film[5])
trail = film.mean(axis=0) * 3  # three times as bright, to see it
plot.images(
    {f"mean over axis 0, {trail.shape}": trail, "|frame 6 - frame 5|": change},
    alt="The mean of the frames is a slanting trail; the difference of two is a frame around the place where both squares were.",
    size=3,
)

# %% [markdown]
# The mean looks like a photograph with a long exposure. The difference shows only what moved, which is how the simplest
# motion detectors work.
#
# **Sound** is the air's pressure, measured many times a second: one long row of numbers. We play four notes one after
# another and then together; each is a sine wave that swells and fades.

# %%
rate = 8000  # measurements a second
time = np.arange(rate // 2) / rate  # half a second
swell = np.hanning(len(time))
pitches = np.array([262, 392, 659, 1047])  # hertz: C, G, E, C
notes = swell * np.sin(2 * np.pi * pitches[:, np.newaxis] * time)  # (4, 1) with (4000,) -> (4, 4000)
sound = np.concatenate([*notes, notes.mean(axis=0)])
print(sound.shape, sound.dtype, f"{len(sound) / rate} seconds")

# %%
from IPython.display import Audio

Audio(sound, rate=rate)

# %% [markdown]
# Press play. In the row of numbers one can hardly see a melody. The ear does something better: it sorts by *pitch*. So
# does a **spectrogram**: cut the sound into short pieces, and write for each how strong every frequency is in it. Rows
# are frequencies, columns are moments: the sound has become a picture.

# %%
import scipy.signal

frequencies, moments, power = scipy.signal.spectrogram(sound, fs=rate, nperseg=512, noverlap=384)
print(power.shape, "= (frequencies, moments)")

# %% [markdown]
# One more step towards the ear. From 200 to 400 hertz is an octave, twelve semitones; from 3,200 to 3,400, as many
# hertz, is about one semitone. The **mel** scale (here in the form $m = 2595 \log_{10}(1 + f/700)$) spaces pitches as
# they are heard. A *mel spectrogram* collects the frequencies into bands of equal width in mel. Each band is a triangle
# of weights, narrow at low frequencies and wide at high ones: multiply and add up, and you have how strong the band is.
# (`@` does that for all bands and moments at once.) It is the usual input of networks that listen.

# %%
top = 2595 * np.log10(1 + (rate / 2) / 700)  # the highest frequency there is, in mel
edges = 700 * (10 ** (np.linspace(0, top, 42) / 2595) - 1)  # 42 edges of 40 bands, back in hertz
triangles = [np.interp(frequencies, edges[i : i + 3], [0, 1, 0]) for i in range(40)]
mel_filters = np.array(triangles)  # (40, frequencies)
mel = mel_filters @ power  # (40, frequencies) @ (frequencies, moments) -> (40, moments)
print(mel.shape)

# %%
figure, ((wave, spectrum), (bands, heard)) = plot.subplots(2, 2, figsize=(10, 5.6))
wave.plot(np.arange(len(sound)) / rate, sound, linewidth=0.3)
wave.set(title=f"the sound, {sound.shape}", xlabel="seconds", ylabel="pressure")
spectrum.pcolormesh(moments, frequencies, np.log10(power + 1e-8), cmap="magma")
spectrum.set(title=f"spectrogram, {power.shape}", xlabel="seconds", ylabel="hertz")
bands.plot(frequencies, mel_filters[::4].T)
bands.set(title="every fourth mel filter", xlabel="hertz", ylabel="weight")
heard.pcolormesh(moments, np.arange(40), np.log10(mel + 1e-8), cmap="magma")
heard.set(title=f"mel spectrogram, {mel.shape}", xlabel="seconds", ylabel="mel band")
plot.show(
    figure,
    alt="Four notes and a chord as a wave, their spectrogram, filters that widen, and the mel spectrogram, a staircase.",
)

# %% [markdown]
# Bright is strong, dark is weak. The logarithm is drawn, so a step up in colour is a multiplication. Four steps of a
# staircase, then all four at once: in the picture at the bottom right you can *see* the chord. The low notes, squeezed
# together above, have room there. And a network that is good at pictures can now listen.
#
# ### A batch: many at once
#
# Networks take data in **batches**: one array whose first axis counts the examples. But photographs differ in size, and
# in an array all rows have the same length. One can cut (and lose something), stretch (and distort), or **pad**: fill
# up with zeros, here where it is blue.

# %%
images = [flower[100:300:4, 200:440:4], china[::4, ::4], flower[::16, ::16]]
figure, panels = plot.subplots(1, 3, figsize=(9, 2.5))
for axes, image in zip(panels, images, strict=True):
    axes.set_facecolor(plot.PALETTE[5])  # what has to be filled
    axes.imshow(image)
    axes.set(title=str(image.shape), xlim=(-0.5, 79.5), ylim=(53.5, -0.5), xlabel="column", ylabel="row")
plot.show(figure, alt="Three pictures of different sizes, each in the top left corner of an equally large blue frame.")

# %% [markdown]
# ### Exercise: `stack_batch` (3 points, about 10 minutes, medium)
#
# Pictures of different sizes come in, one float batch goes out: as high as the highest picture, as wide as the widest,
# each picture in its top left corner, zeros below and to the right of it, values from 0 to 1.


# %%
def stack_batch(images):
    """Pictures as one batch, padded with zeros below and on the right.

    images: a list of N uint8 arrays, each (its height, its width, 3), values 0..255.
    Returns (N, H, W, 3) float32, values 0..1; H is the largest height, W the largest width.
    For example, shapes (1, 1, 3) and (1, 2, 3) become one of (2, 1, 2, 3), and 255 becomes 1.0.
    Raises ValueError for an empty list.
    """
    ### BEGIN SOLUTION
    height = max(image.shape[0] for image in images)
    width = max(image.shape[1] for image in images)
    batch = np.zeros((len(images), height, width, 3), np.float32)
    for target, image in zip(batch, images, strict=True):
        target[: image.shape[0], : image.shape[1]] = image / 255
    return batch
    ### END SOLUTION


# %%
check("stack_batch", stack_batch)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Find the two maxima, make a batch of zeros with `np.zeros(shape, np.float32)`, then write each picture into its place.
# </details>
# <details><summary>Hint 2</summary>
#
# `batch[n, :h, :w]` is a view of the place where a picture of height `h` and width `w` belongs, so assigning to it
# fills the batch. `max` of nothing raises the `ValueError` by itself.
# </details>
# <details><summary>If you see "could not broadcast input array"</summary>
#
# The place and the picture have different sizes. Cut the place to the picture's own height *and* width.
# </details>

# %% [markdown]
# ## Round 5: where things live
#
# A data set is a folder of folders. Let us make one, small and empty, and look around in it. `pathlib` treats a path as
# an object: `/` joins, and `name`, `stem`, `suffix`, `parent` take it apart.

# %%
zoo = folder / "zoo"
for name in ["map.txt", "cats/lion.jpg", "cats/lynx.jpg", "birds/emu.jpg", "birds/sea/gull.jpg"]:
    path = zoo / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
print(path.name, path.stem, path.suffix, path.parent.name, path.exists())

# %% [markdown]
# The older way is the module `os`: `listdir` names what is in a folder, `getcwd` says where you are, `chdir` goes
# elsewhere. *Where you are* matters, since every relative path starts there.

# %%
home = os.getcwd()
print(sorted(os.listdir(zoo)))
os.chdir(zoo / "cats")
print(Path.cwd().name, sorted(os.listdir()))  # now "lynx.jpg" is enough ...
os.chdir(home)

# %% [markdown]
# ... and until the last line, every other relative path in this notebook would have been wrong. Had there been an error
# between the two `chdir`, you would still be sitting among the cats. So do not move: name the file from where you are.
#
# **Predict**: two ways to look for pictures. Which finds the gull?

# %%
print([path.name for path in sorted(zoo.glob("*/*.jpg"))])
print([path.relative_to(zoo).as_posix() for path in sorted(zoo.rglob("*.jpg"))])

# %% [markdown]
# `glob` follows its pattern to the letter, here exactly one folder down; `rglob`, the recursive one, goes all the way.
# Both also find *folders* whose name fits.
#
# ### Exercise: `find_files` (2 points, about 7 minutes, medium)
#
# List the files below a folder whose names end in a suffix, at any depth, sorted. Files only: a folder may be called
# `album.png`, and does not belong in the list. The working directory afterwards is what it was.


# %%
def find_files(root, suffix):
    """The files below a folder whose names end in a suffix.

    root: a pathlib.Path. suffix: text with its dot, e.g. ".png".
    Returns a sorted list of pathlib.Path, each beginning with `root`, e.g. [root / "a.png", root / "deep" / "b.png"];
    [] where there are none.
    """
    ### BEGIN SOLUTION
    return sorted(path for path in root.rglob("*" + suffix) if path.is_file())
    ### END SOLUTION


# %%
check("find_files", find_files)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `root.rglob("*")` gives everything below `root`, folders included. Two questions decide about each path.
# </details>
# <details><summary>Hint 2</summary>
#
# The questions are `path.is_file()` and whether `path.name` ends in the suffix. `sorted` takes whatever can be looped
# over.
# </details>
# <details><summary>If you see "outside the folder"</summary>
#
# Your paths do not begin with `root`, so they point to somewhere else. Keep the paths as `rglob` gives them.
# </details>

# %% [markdown]
# ### Modules and packages
#
# Code lives in files, too. A **module** is a file `name.py`. A **package** is a folder with a file `__init__.py`, which
# runs when the package is first imported, and whose names are the package's own. We write one with two files. In the
# first, `from .levels import brighten` has a dot: it means "from the module `levels` in this same package". Then we put
# the package's parent folder on `sys.path`, the list of places where `import` looks, for as long as we need it.

# %%
package = folder / "lamps"
package.mkdir()
(package / "__init__.py").write_text('"""Make pictures brighter."""\nfrom .levels import brighten\nVOLTS = 12\n')
(package / "levels.py").write_text("def brighten(value, by=10):\n    return min(value + by, 255)\n")
print(sorted(path.name for path in package.iterdir()))

# %%
import sys

sys.path.insert(0, str(folder))
try:
    import lamps  # the folder: runs __init__.py
    import lamps.levels as levels  # the file in it, under a shorter name
    from lamps import brighten  # one name out of it
finally:
    sys.path.remove(str(folder))
print(lamps.VOLTS, lamps.brighten(100), levels.brighten(250), brighten(1, by=2))

# %% [markdown]
# Three ways to write `import`, one and the same function:

# %%
print(brighten is lamps.brighten is levels.brighten, "|", lamps.__name__, "|", levels.__name__)

# %% [markdown]
# A module runs once, however often it is imported; later imports only fetch it from `sys.modules`. So after you edit a
# file, restart the kernel. And never name your own file `random.py`: Python looks into your folder first.
#
# We are done with the temporary folder, and tidy up.

# %%
temporary.cleanup()
print(folder.exists(), os.getcwd() == home)

# %% [markdown]
# ## Checkpoint
#
# **1.** `photos` has shape `(32, 28, 28, 3)`: 32 small colour photographs. What is the shape of `photos.mean(axis=0)`?
#
# - [ ] `(32,)`
#
#   **The axes that stay and the one that goes, swapped.** That would be one number for each photograph, the mean over
#   all the *other* axes. `axis` names what disappears.
#
# - [x] `(28, 28, 3)`
#
#   Yes. Axis 0 disappears; what is left is one photograph, the average one.
#
# - [ ] `(1, 28, 28, 3)`
#
#   **An axis of length 1 in its place.** That is what `keepdims=True` gives. Without it the axis is gone.
#
# - [ ] `(32, 28, 28)`
#
#   **The last axis instead of the first.** That is the mean over `axis=-1`, the colours.

# %%
question("mean_over_axis")

# %% [markdown]
# **2.** `a = np.zeros(4)`, `b = a[:2]`, `c = a[[0, 1]]`, then `a[0] = 7`. What are `b[0]` and `c[0]`?
#
# - [ ] 7 and 7
#
#   **Every index a view.** `b` is a slice, so it is a view. A *list* of positions copies, so `c` has memory of its own.
#
# - [ ] 0 and 0
#
#   **Slices that copy, as those of lists do.** A slice of a list is a new list; a slice of an array is a view.
#
# - [x] 7 and 0
#
#   Yes: `b` looks at the memory of `a`, and `c` has its own.

# %%
question("view_or_copy")

# %% [markdown]
# **3.** Which of these can be a key of a dict?
#
# - [ ] `([1], 2)`
#
#   **Any tuple has a hash.** A tuple has one only if all its items have, and a list has none.
#
# - [ ] `{1, 2}`
#
#   **A set has a hash.** A set can change, so it has none. A `frozenset({1, 2})` cannot change, and can be a key.
#
# - [x] `("cat", (1, 2))`
#
#   Yes: a tuple of text and a tuple of numbers, nothing in it can change.

# %%
question("key_of_a_dict")

# %% [markdown]
# ## Break it on purpose
#
# A picture is a little dark, so we add 100 to every number. What can go wrong with an addition? **Predict** what
# happens to the brightest petals.

# %%
wrapped = flower + np.uint8(100)
clipped = np.clip(flower.astype(int) + 100, 0, 255).astype(np.uint8)
brighter = {"flower": flower, "flower + 100 in uint8": wrapped, "widened, then clipped": clipped}
plot.images(
    brighter,
    alt="The flower; with shrill false colours where bytes overflowed; and properly brightened.",
    columns=3,
    size=3,
)

# %%
print(np.uint8([200]) + np.uint8([100]), 200 + 100 - 256)

# %% [markdown]
# A byte has no 300, so it starts again from 0: bright petals have become dark and falsely coloured, without a word of
# warning. Whenever you compute with pictures, widen first (`astype(int)` or float), compute, **clip**, and go back to
# uint8 at the end. Try it: what does `flower - np.uint8(50)` look like, and what has happened to the dark leaves?

# %% [markdown]
# ## Recap
#
# - **Tell what a literal makes**: the comma makes a tuple, `(5)` is a number, `{}` a dict, `set()` the empty set.
# - **Count and compare**: `counts.get(word, 0) + 1` in a dict; `|`, `&`, `-`, `^` on sets.
# - **Read a shape**: one number for each level of brackets, the outermost first; `axis` names the level that
#   disappears; shapes broadcast from the right.
# - **Move pictures**: OpenCV says BGR, everyone else RGB; uint8 goes with 0..255, float with 0..1; a batch is
#   `(N, H, W, 3)`.
# - **Find files**: `rglob` from a path that you name, and no `chdir`.
#
# Errors that people commonly make here: `numbers = numbers.sort()` (it is `None`); `b = a` taken for a copy; a slice of
# an array taken for a copy; a sum of uint8; `astype(np.uint8)` without rounding; a picture from OpenCV shown by
# Matplotlib.

# %% [markdown]
# ## Further
#
# **Stretch**: write `mosaic(images, columns)` that lays out a batch `(N, H, W, 3)` as one large picture, `columns` side
# by side, with no loop: one `np.pad`, two `reshape` and one `transpose` are enough. Then reverse it.
#
# **Sources**
#
# - The Python tutorial on [data structures](https://docs.python.org/3/tutorial/datastructures.html) and
#   [modules](https://docs.python.org/3/tutorial/modules.html); the reference of
#   [pathlib](https://docs.python.org/3/library/pathlib.html).
# - NumPy's guides to [broadcasting](https://numpy.org/doc/stable/user/basics.broadcasting.html) and to [copies and
#   views](https://numpy.org/doc/stable/user/basics.copies.html); C. R. Harris and others, *Array programming with
#   NumPy*, Nature 585 (2020).
# - Recommendation ITU-R BT.601, *Studio encoding parameters of digital television* (weights of luma).
# - D. O'Shaughnessy, *Speech Communication: Human and Machine*, Addison-Wesley 1987 (this form of the mel scale).
# - The photographs come with scikit-learn: `china.jpg` (danielbuechele) and `flower.jpg` (vultilion), both from Flickr,
#   CC BY 2.0.
#
# | English | 繁體中文 | 한국어 |
# |---|---|---|
# | container |
# | tuple |
# | list |
# | dictionary |
# | set |
# | mutable |
# | hashable |
# | array |
# | shape |
# | axis |
# | broadcasting |
# | view, copy |
# | channel |
# | grayscale |
# | batch |
# | spectrogram |
# | package |
