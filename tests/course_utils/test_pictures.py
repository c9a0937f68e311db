"""Arrows that point left or right: true labels, no shortcut, the same from the same seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import pictures, values
from course_utils.values import describe_argument, restore


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 30), st.integers(0, 2**32 - 1))
def test_pictures_have_the_promised_form(n, seed):
    x, y = pictures.left_or_right(n, seed)
    assert (x.shape, x.dtype, y.shape) == ((n, pictures.SIDE, pictures.SIDE, 1), np.float32, (n,))
    assert x.min(initial=0) >= 0
    assert x.max(initial=0) <= 1
    assert (y == 0).sum() - (y == 1).sum() in (0, 1)


def test_a_seed_gives_the_same_pictures_and_another_seed_others():
    (a, labels), (b, again), (c, _) = (pictures.left_or_right(20, seed) for seed in (1, 1, 2))
    assert np.array_equal(a, b)
    assert np.array_equal(labels, again)
    assert not np.array_equal(a, c)
    assert len({picture.tobytes() for picture in a}) == 20


def test_less_than_no_pictures_are_refused():
    with pytest.raises(ValueError, match="-1"):
        pictures.left_or_right(-1, 0)


def test_a_clean_picture_mirrored_points_the_other_way():
    """With neither noise nor distractors, most of the ink stands on the side of the head: that is what the label says."""
    x, y = pictures.left_or_right(400, 3, distractors=0, noise=0.0)
    columns = np.arange(pictures.SIDE)
    ink = (x[..., 0] - x[..., 0].min(axis=(1, 2), keepdims=True)) ** 2
    ink[ink < 0.05] = 0
    column_ink = ink.sum(axis=1)
    used = column_ink > 0
    middle = np.array([columns[row].mean() for row in used])
    towards = (column_ink * columns).sum(axis=1) / column_ink.sum(axis=1) - middle
    assert ((towards > 0) == y).mean() > 0.75


def test_the_place_of_the_ink_gives_nothing_away():
    """Neither the brightness nor the mean picture of a class says how a new arrow points."""
    (x, y), (unseen, truth) = pictures.left_or_right(3000, 5), pictures.left_or_right(1500, 6)
    brightness = x.mean(axis=(1, 2, 3))
    split = (unseen.mean(axis=(1, 2, 3)) > np.median(brightness)) == truth
    assert 0.44 < split.mean() < 0.56
    template = x[y == 1].mean(axis=0) - x[y == 0].mean(axis=0)
    middle = np.median((x * template).sum(axis=(1, 2, 3)))
    assert (((unseen * template).sum(axis=(1, 2, 3)) > middle) == truth).mean() < 0.68


def test_distractors_and_noise_are_there():
    plain, noisy, crowded = (
        pictures.left_or_right(50, 4, distractors=d, noise=s)[0] for d, s in ((0, 0.0), (0, 0.12), (3, 0.0))
    )
    assert np.abs(np.diff(noisy, axis=1)).mean() > 3 * np.abs(np.diff(plain, axis=1)).mean()
    assert crowded.mean() > plain.mean()


def test_drawn_arguments_are_made_when_needed_and_are_the_callers_own():
    x, y = pictures.left_or_right(6, 9)
    of_x, of_y = (describe_argument(values.drawn("left_or_right", column, 6, 9)) for column in "xy")
    first = restore(of_x)
    assert np.array_equal(first, x)
    assert np.array_equal(restore(of_y), y)
    first[:] = 0
    assert np.array_equal(restore(of_x), x)
    with pytest.raises(ValueError, match="up_or_down"):
        restore(describe_argument(values.drawn("up_or_down", "x", 6, 9)))
