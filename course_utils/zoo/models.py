"""The models of the zoo by name: where each stands, its paper, and what it is for. Adding one is adding a line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A model of the zoo. `module`.`function` makes a text's features from its words' vectors."""

    module: str
    title: str
    paper: str
    for_what: str
    function: str = "features"
    sentences: bool = False  # whether it reads a text as sentences of a fixed number of words
    whole: bool = False  # whether `function` makes the whole model, of which classes come out in a way of its own
    pieces: bool = False  # whether it reads pieces of words, of a vocabulary and with vectors that it brings along


MODELS = {
    "fasttext": Entry(
        "fasttext",
        "fastText",
        "Joulin et al. 2017",
        "many texts, many classes, little time: words and n-grams, averaged",
    ),
    "textcnn": Entry("textcnn", "TextCNN", "Kim 2014", "phrases: that a few words stand together, wherever"),
    "textrnn": Entry(
        "textrnn", "TextRNN", "Graves and Schmidhuber 2005", "order over a distance, in short texts", "features_v1"
    ),
    "textrnn2": Entry(
        "textrnn",
        "TextRNN, version 2",
        "Graves and Schmidhuber 2005",
        "order over a distance, read twice",
        "features_v2",
    ),
    "rcnn": Entry("rcnn", "RCNN", "Lai et al. 2015", "a word and what stands on its two sides"),
    "han": Entry("han", "HAN", "Yang et al. 2016", "long texts, of which few sentences matter", sentences=True),
    "transformer": Entry(
        "transformer",
        "Transformer (its encoder)",
        "Vaswani et al. 2017",
        "words that belong together, however far apart",
    ),
    "seq2seq": Entry(
        "label_sequences",
        "Sequence to sequence",
        "Bahdanau et al. 2015",
        "several labels a text that depend on each other, written one after another",
        "classifier",
        whole=True,
    ),
    "entnet": Entry(
        "entnet",
        "Recurrent entity network",
        "Henaff et al. 2017",
        "stories: who and what is where, kept up to date sentence by sentence",
        sentences=True,
    ),
    "dmn": Entry(
        "dmn",
        "Dynamic memory network",
        "Kumar et al. 2016",
        "stories: questions whose answer takes one sentence after another",
        sentences=True,
    ),
    "bert": Entry(
        "finetuning",
        "BERT (MiniLM's weights)",
        "Devlin et al. 2019",
        "few labels: it has read a billion sentences before; English",
        "for_texts",
        whole=True,
        pieces=True,
    ),
}

#: Those that read two texts.
PAIR_MODELS = {
    "joint_bilstm": Entry(
        "pairs",
        "One BiLSTM over both texts",
        "Rocktäschel et al. 2016",
        "pairs: what follows from what was read before; the order of the two matters",
        "joint_bilstm",
    ),
    "two_cnn": Entry(
        "pairs",
        "Two TextCNNs with the same weights",
        "Tai et al. 2015, Conneau et al. 2017",
        "pairs: whether phrases of one stand in the other; the first to try",
        "two_cnn",
    ),
    "two_bilstm": Entry(
        "pairs",
        "Two BiLSTMs and a bilinear score",
        "Lowe et al. 2015",
        "pairs of different kinds, such as a question and its answer",
        "two_bilstm",
    ),
}


def entry(name: str) -> Entry:
    """The model of single texts called `name`. Raises ValueError with the names that there are."""
    if name not in MODELS:
        raise ValueError(f"there is no model {name!r}; the zoo has {', '.join(MODELS)}")
    return MODELS[name]
