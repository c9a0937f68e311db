"""Each unit in JupyterLab as a learner meets it: open, run all, answer wrongly, read, answer rightly, validate."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.learner import Notebook

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Answers:
    """To one exercise of a unit: a wrong one, the name of the mistake that it makes, and a right one."""

    exercise: str
    wrong: str
    mistake: str
    right: str


UNITS = {
    "01_containers_and_arrays": Answers(
        "to_grayscale",
        "def to_grayscale(image):\n    return np.rint(image.mean(axis=-1)).astype(np.uint8)",
        "plain_mean",
        "def to_grayscale(image):\n    return np.rint(image @ [0.299, 0.587, 0.114]).astype(np.uint8)",
    ),
    "02_convolution_and_pooling": Answers(
        "corr2d",
        """def corr2d(x, k, stride=1, pad=0):
    windows = sliding_window_view(np.pad(x.astype(float), pad), k.shape)
    return np.einsum("rcij,ij->rc", windows, k[::-1, ::-1])[::stride, ::stride]""",
        "flipped",
        """def corr2d(x, k, stride=1, pad=0):
    windows = sliding_window_view(np.pad(x.astype(float), pad), k.shape)
    return np.einsum("rcij,ij->rc", windows, k)[::stride, ::stride]""",
    ),
    "03_conv_arithmetic": Answers(
        "receptive_field",
        """def receptive_field(layers):
    return 1 + sum(d * (k - 1) for k, s, d in layers)""",
        "ignores_stride",
        """def receptive_field(layers):
    pixels = 1
    for k, s, d in reversed(layers):
        pixels = (pixels - 1) * s + d * (k - 1) + 1
    return pixels""",
    ),
    "04_conv2d_transpose": Answers(
        "upsample_nearest",
        "def upsample_nearest(x, f):\n    return np.tile(x, (f, f) + (1,) * (x.ndim - 2))",
        "tiled",
        "def upsample_nearest(x, f):\n    return x.repeat(f, axis=0).repeat(f, axis=1)",
    ),
    "05_keras_life_cycle": Answers(
        "softmax_cross_entropy",
        """def softmax_cross_entropy(z, y):
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    truth = np.eye(z.shape[1])[y]
    return -(truth * log_p).sum() / len(y), np.exp(log_p) - truth""",
        "gradient_without_mean",
        """def softmax_cross_entropy(z, y):
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    truth = np.eye(z.shape[1])[y]
    return -(truth * log_p).sum() / len(y), (np.exp(log_p) - truth) / len(y)""",
    ),
    "06_imdb_dense": Answers(
        "vectorize_sequences",
        """def vectorize_sequences(seqs, dimension=10_000, dtype="float32"):
    rows = np.zeros((len(seqs), dimension), dtype)
    for row, seq in zip(rows, seqs):
        np.add.at(row, np.array(seq, int), 1)
    return rows""",
        "counts",
        """def vectorize_sequences(seqs, dimension=10_000, dtype="float32"):
    rows = np.zeros((len(seqs), dimension), dtype)
    for row, seq in zip(rows, seqs):
        row[seq] = 1
    return rows""",
    ),
    "07_reuters_dense": Answers(
        "macro_f1",
        "def macro_f1(y, p):\n    return float(np.mean(y == p))",
        "micro",
        """def macro_f1(y, p):
    classes = np.union1d(y, p)
    return float(np.mean([2 * np.sum((y == c) & (p == c)) / (np.sum(y == c) + np.sum(p == c)) for c in classes]))""",
    ),
    "08_char_cnn": Answers(
        "quantize",
        """def quantize(text, alphabet, length, reverse=True):
    ids = {sign: i for i, sign in enumerate(alphabet, 1)}
    found = [ids.get(sign, 0) for sign in text[:length]]
    row = np.zeros(length, int)
    row[:len(found)] = found[::-1] if reverse else found
    return row""",
        "case_kept",
        """def quantize(text, alphabet, length, reverse=True):
    ids = {sign: i for i, sign in enumerate(alphabet, 1)}
    found = [ids.get(sign, 0) for sign in text.lower()[:length]]
    row = np.zeros(length, int)
    row[:len(found)] = found[::-1] if reverse else found
    return row""",
    ),
    "09_bbc_project": Answers(
        "standardize",
        'import re\n\ndef standardize(text):\n    return re.sub(r"\\W+", " ", text.lower()).strip()',
        "loses_pounds",
        'import re\n\ndef standardize(text):\n    return " ".join(re.findall(r"(?:£|[^\\W_])+", text.lower()))',
    ),
    "10_embeddings_20news": Answers(
        "nearest",
        """def nearest(word, words, vectors, k):
    order = np.argsort(-vectors @ vectors[words.index(word)])
    return [words[i] for i in order if words[i] != word][:k]""",
        "not_normalised",
        """def nearest(word, words, vectors, k):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    order = np.argsort(-unit @ unit[words.index(word)])
    return [words[i] for i in order if words[i] != word][:k]""",
    ),
    "11_text_zoo": Answers(
        "hierarchical_softmax",
        """def hierarchical_softmax(paths, signs, scores):
    return (1 / (1 + np.exp(-signs * scores[paths]))).prod(axis=1)""",
        "no_turn_is_a_half",
        """def hierarchical_softmax(paths, signs, scores):
    return np.where(signs == 0, 1, 1 / (1 + np.exp(-signs * scores[paths]))).prod(axis=1)""",
    ),
    "12_attention_and_memory": Answers(
        "causal_mask",
        """def causal_mask(n):
    return np.tril(np.ones((n, n), bool), -1)""",
        "without_itself",
        """def causal_mask(n):
    return np.arange(n)[:, None] >= np.arange(n)""",
    ),
    "13_bert": Answers(
        "pool",
        """def pool(states, mask, how):
    if how not in ("cls", "mean", "max", "unit"):
        raise ValueError(how)
    if how == "cls":
        return states[:, 0]
    words = mask[..., None]
    if how == "max":
        return (states * words).max(axis=1)
    mean = (states * words).sum(axis=1) / np.maximum(words.sum(axis=1), 1)
    size = np.linalg.norm(mean, axis=1, keepdims=True) if how == "unit" else 1
    return mean / np.where(size == 0, 1, size)""",
        "zeros_for_padding",
        """def pool(states, mask, how):
    if how not in ("cls", "mean", "max", "unit"):
        raise ValueError(how)
    if how == "cls":
        return states[:, 0]
    words = mask[..., None]
    if how == "max":
        return np.where(words, states, -np.inf).max(axis=1, initial=-1e300) * words.any(axis=1)
    mean = (states * words).sum(axis=1) / np.maximum(words.sum(axis=1), 1)
    size = np.linalg.norm(mean, axis=1, keepdims=True) if how == "unit" else 1
    return mean / np.where(size == 0, 1, size)""",
    ),
    "14_ensembles_and_pairs": Answers(
        "bilinear",
        """def bilinear(u, m, v):
    return u @ m @ v.T""",
        "every_pair",
        """def bilinear(u, m, v):
    return np.einsum("ni,ij,nj->n", u, m, v)""",
    ),
}

TRAINS = {  # for a minute or so, and with which data
    "05_keras_life_cycle": (),
    "06_imdb_dense": ("imdb_ids",),
    "07_reuters_dense": ("reuters",),
    "08_char_cnn": ("ag_news",),
    "09_bbc_project": ("bbc",),
    "10_embeddings_20news": ("newsgroups",),
    "11_text_zoo": ("bbc", "ag_news", "glove"),
    "12_attention_and_memory": ("babi", "goemotions"),
    "13_bert": ("sick", "ag_news", "goemotions", "minilm"),
    "14_ensembles_and_pairs": ("sick", "ag_news", "goemotions", "goemotions_members", "glove"),
}


#: `make test-browser` runs them as well; otherwise tests/lessons/test_notebooks.py does, in a kernel.
SLOW = bool(os.environ.get("COURSE_TEST_SLOW"))
runs_whole = pytest.mark.parametrize("notebook", [u for u in UNITS if SLOW or u not in TRAINS], indirect=True)


@pytest.fixture(scope="module", params=UNITS)
def notebook(request: pytest.FixtureRequest, browser, lab: str, course: Path, token: str) -> Iterator[Notebook]:
    """A unit's released notebook, opened and run from top to bottom; of one that trains only the set-up, unless SLOW."""
    from playwright.sync_api import TimeoutError

    unit = request.param
    path = course / "notebooks" / unit / f"{unit}.ipynb"
    if names := TRAINS.get(unit, ()):
        from course_utils import data

        try:
            data.prepare(names)
        except data.DataUnavailable as error:
            pytest.skip(f"no data: {error}")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(30_000)
    opened = Notebook(page, lab, path, token)
    for last in (False, True):  # on a busy machine JupyterLab may ask something that is gone when it is opened again
        opened.open()
        try:
            opened.run_first() if unit in TRAINS and not SLOW else opened.run_all()
            break
        except TimeoutError:
            print(f"in the way: {opened.pop_ups()}")
            if last or not opened.pop_ups():
                raise
    yield opened
    opened.close()


def plain(text: str) -> str:
    """Words only: a hint's marks and line breaks are gone once it is shown."""
    return " ".join(re.sub(r"[`*]", "", text).split())


def hint(unit: str, answers: Answers) -> str:
    """What the exercise says about the mistake."""
    from autograder.exercises import load_exercises

    mistakes = load_exercises(unit)[answers.exercise].mistakes
    return next(mistake.hint for mistake in mistakes if mistake.name == answers.mistake)


def test_nothing_asks_a_question(notebook: Notebook) -> None:
    """No choice of a kernel, no news, no update, neither at the opening nor while the cells run."""
    assert notebook.questions + notebook.pop_ups() == []


def test_an_untouched_notebook_runs_without_an_error(notebook: Notebook) -> None:
    errors = notebook.panel.locator("[data-mime-type='application/vnd.jupyter.error']").all_inner_texts()
    complaints = notebook.panel.locator("[data-mime-type='application/vnd.jupyter.stderr']").all_inner_texts()
    assert (errors, complaints) == ([], [])


@runs_whole
def test_every_check_says_not_attempted_yet(notebook: Notebook) -> None:
    assert notebook.checks()
    said = {exercise: notebook.verdict(exercise).inner_text() for exercise in notebook.checks()}
    assert {exercise: text for exercise, text in said.items() if "not attempted yet" not in text} == {}


@runs_whole
def test_every_picture_has_a_sentence_for_those_who_cannot_see_it(notebook: Notebook) -> None:
    pictures = notebook.panel.locator(".jp-OutputArea-output img, .jp-OutputArea-output canvas")
    described = pictures.evaluate_all("all => all.map(e => [e.naturalWidth, e.alt])")
    assert described
    assert [size for size, alt in described if not alt or not size] == []


def test_formulas_and_folded_hints_are_rendered(notebook: Notebook) -> None:
    """No `$` or raw HTML is left in the text; each hint unfolds at a click."""
    prose = notebook.panel.locator(".jp-RenderedMarkdown")
    assert [text for text in prose.all_inner_texts() if re.search(r"\$[^$]+\$|</?details|</?summary", text)] == []
    summary = prose.locator("details > summary").first
    details = summary.locator("xpath=..")
    assert details.get_attribute("open") is None
    summary.click()
    assert details.get_attribute("open") is not None


def test_links_to_other_units_lead_somewhere(notebook: Notebook) -> None:
    links = notebook.panel.locator(".jp-RenderedMarkdown a").evaluate_all("all => all.map(a => a.href)")
    inside = {link for link in links if link.startswith(notebook.address) and "#" not in link}
    assert inside
    assert {link: notebook.page.request.get(link).status for link in inside} == dict.fromkeys(inside, 200)


def test_a_wrong_answer_gets_its_hint(notebook: Notebook, screenshots: Path) -> None:
    """The verdict names the mistake, and can be read on a light and on a dark page, wide and narrow."""
    answers = UNITS[notebook.unit]
    said = notebook.answer(answers.exercise, answers.wrong)
    assert "wrong on" in said
    assert plain(hint(notebook.unit, answers)) in plain(said)
    verdict = notebook.verdict(answers.exercise)
    for theme, width in (("Dark", 800), ("Light", 1280)):
        file = screenshots / f"{notebook.unit}-wrong-{theme.lower()}-{width}.png"
        contrast, text = notebook.look(verdict, theme, width, file)
        assert contrast >= 4.5, f"{text!r} has a contrast of {contrast:.1f} in the {theme} theme; see {file}"


def test_a_right_answer_is_right(notebook: Notebook, screenshots: Path) -> None:
    answers = UNITS[notebook.unit]
    said = notebook.answer(answers.exercise, answers.right)
    assert "right" in said
    assert "wrong" not in said
    notebook.look(notebook.verdict(answers.exercise), "Light", 1280, screenshots / f"{notebook.unit}-right.png")


@pytest.mark.parametrize("notebook", [unit for unit in UNITS if unit not in TRAINS], indirect=True)
def test_validate_agrees_with_the_checks(notebook: Notebook) -> None:
    """With one right answer in place, nbgrader's button complains about all checks but that one.

    The button runs the whole notebook again, so the units that train networks are left out.
    """
    answers = UNITS[notebook.unit]
    notebook.answer(answers.exercise, answers.right)
    said = notebook.validate()
    complained = [exercise for exercise in notebook.checks() if f'check("{exercise}"' in said]
    assert complained == [exercise for exercise in notebook.checks() if exercise != answers.exercise], said
    assert said.count("not attempted yet") == len(complained)


@pytest.mark.parametrize("notebook", ["02_convolution_and_pooling"], indirect=True)
def test_the_explorer_steps_its_window(notebook: Notebook, screenshots: Path) -> None:
    """Its slider and its lists change the picture and what is read aloud."""
    cell = notebook.panel.locator(".jp-Cell", has=notebook.page.locator(".jupyter-widgets")).first
    picture = cell.locator("svg[role=img]")
    before = picture.get_attribute("aria-label")
    handle = cell.locator(".widget-slider", has_text="step").locator("[role=slider]")
    handle.press("ArrowRight")
    step = int(re.match(r"Step (\d+) of", before)[1])
    cell.locator(f"svg[role=img][aria-label^='Step {step + 1} of']").wait_for()
    before = picture.inner_html()
    cell.locator(".widget-dropdown", has_text="kernel").locator("select").select_option("Sobel x")
    notebook.page.wait_for_function(
        "([cell, old]) => cell.querySelector('svg').innerHTML !== old", arg=[cell.element_handle(), before]
    )
    for theme, width in (("Dark", 800), ("Light", 1280)):
        file = screenshots / f"{notebook.unit}-explorer-{theme.lower()}-{width}.png"
        notebook.look(cell, theme, width, file)
        right_end, room = (box["x"] + box["width"] for box in (picture.bounding_box(), cell.bounding_box()))
        assert right_end <= room, f"the picture is cut off at the right in a window of {width} pixels; see {file}"
