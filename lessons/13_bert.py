# %% [markdown]
# # Bert
#
# In this notebook you smooth a noisy series of numbers, and see what the width of the window costs. (What will a learner
# have at the end? Say it in one sentence.)
#
# | section | minutes |
# |---|---|
# | A picture first | 3 |
# | Slide a window | 15 |
# | Recap | 2 |
#
# About 20 minutes in all.
#
# **You need**: functions and loops in Python, slicing in NumPy.
#
# Before: [Choose a network that reads](../11_text_zoo/11_text_zoo.ipynb).
#
# ## You will be able to
#
# - smooth a series of numbers with a window

# %%
import numpy as np

from course_utils import check, plot, question, start

start("13_bert")

# %% [markdown]
# ## A picture first
#
# A hundred days of a temperature that rises slowly, measured by a bad thermometer. Can you see it rise?

# %%
rng = np.random.default_rng(0)
measured = np.linspace(10, 14, 100) + rng.normal(0, 2, 100)
figure, axes = plot.subplots()
axes.plot(measured)
axes.set(xlabel="day", ylabel="degrees Celsius")
plot.show(figure, alt="A jagged line over a hundred days: it jumps by several degrees from day to day, around 12.")

# %% [markdown]
# ## Slide a window
#
# The mean of a few neighbours is steadier than any of them. Lay a window of `width` numbers on the beginning of the series,
# write down its mean, move it one place, and so on to the end. A window always lies whole inside the series, so of `n`
# numbers `n - width + 1` means come out. **Predict before you run**: what are the means of 1, 2, 6, 4 with a window of two?

# %%
print([(1 + 2) / 2, (2 + 6) / 2, (6 + 4) / 2])

# %% [markdown]
# ### Exercise: `moving_average` (2 points, about 8 minutes, easy)
#
# Write it for a window of any width, with a loop or without one, as you like.


# %%
def moving_average(x, width):
    """The mean of each window of neighbours.

    x: (n,) array of numbers, not changed. width: int from 1 to n.
    Returns a (n - width + 1,) float array. Raises ValueError where the width is less than 1 or more than n.

    >>> moving_average(np.array([1, 2, 6, 4]), 2)
    array([1.5, 4. , 5. ])
    """
    ### BEGIN SOLUTION
    if not 1 <= width <= len(x):
        raise ValueError(f"width is {width}; it can be 1 to {len(x)}")
    return np.array([x[start : start + width].mean() for start in range(len(x) - width + 1)])
    ### END SOLUTION


# %%
check("moving_average", moving_average)

# %% [markdown]
# <details><summary>Hint 1</summary>The window that begins at <code>start</code> is <code>x[start : start + width]</code>.</details>
# <details><summary>Hint 2</summary>With four numbers and a window of two there are three places where it can start.</details>
# <details><summary>If you see "shape (4,) where (3,) is expected"</summary>a window hangs over the end of the series.</details>

# %% [markdown]
# ### Checkpoint
#
# Of 10 numbers, how many means does a window of 4 give?
#
# - [ ] 10
#
#   **A mean for each number.** A window that begins at one of the last three numbers would hang over the end.
#
# - [x] 7
#
#   Yes: it can begin at 10 - 4 + 1 places.
#
# - [ ] 6
#
#   **The first place forgotten.** 10 - 4 is how often the window can move on; it also stands where it began.

# %%
question("places_of_a_window")

# %% [markdown]
# ## Recap
#
# - *Smooth a series of numbers with a window*: a mean for each place where the whole window fits.
#
# **What goes wrong most often**: a window too few, or one that hangs over the end.
#
# ## Further
#
# **Stretch.** Smooth the measured series with windows of 5, 20 and 60 days. What is lost?
#
# **Sources**
#
# - NumPy, [`sliding_window_view`](https://numpy.org/doc/stable/reference/routines.lib.html).
#
# | English | 繁體中文 | 한국어 |
# |---|---|---|
# | moving average | 移動平均 | 이동 평균 |
# | window | 窗口 | 윈도 |
