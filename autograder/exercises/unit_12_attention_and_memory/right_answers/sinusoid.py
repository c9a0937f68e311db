"""Right answers to `sinusoid`, each written in another way."""

import numpy as np


def two_slices(length, dim):
    angles = np.arange(length)[:, None] / 10_000 ** (np.arange(0, dim, 2) / dim)
    table = np.zeros((length, dim))
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)
    return table


def number_by_number(length, dim):
    from math import cos, sin

    table = np.empty((length, dim))
    for place in range(length):
        for column in range(dim):
            angle = place / 10_000 ** ((column - column % 2) / dim)
            table[place, column] = cos(angle) if column % 2 else sin(angle)
    return table


def with_logarithms(length, dim):
    slower = np.exp(-np.log(10_000.0) * np.arange(0, dim, 2) / dim)
    angles = np.outer(np.arange(length), slower)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(length, dim)


def shifted_sine(length, dim):
    column = np.arange(dim)
    angles = np.arange(length)[:, np.newaxis] * 10_000.0 ** (-2 * (column // 2) / dim)
    return np.sin(angles + np.pi / 2 * (column % 2))


def where(length, dim):
    column = np.arange(dim)
    angles = np.arange(length).reshape(-1, 1) / np.power(10_000, 2 * (column // 2) / dim)
    return np.where(column % 2 == 0, np.sin(angles), np.cos(angles))


def complex_numbers(length, dim):
    points = np.exp(1j * np.arange(length)[:, None] / 10_000 ** (np.arange(dim // 2) * 2 / dim))
    return np.ascontiguousarray(np.stack([points.imag, points.real], axis=2)).reshape(length, -1)


def in_float32(length, dim):
    rows = [
        [f(place / 10_000 ** (2 * pair / dim)) for pair in range(dim // 2) for f in (np.sin, np.cos)]
        for place in range(length)
    ]
    return np.array(rows, "float32")
