"""`python -m course_utils.zoo`: train, use and compare models on one's own texts.

list                                     the models, and what each is for
train textcnn texts.csv -o news.keras    train one; its report lies beside it
train two_cnn pairs.csv -o same.keras    the same for a model that reads two texts
predict news.keras more.txt              the labels of each line
compare fasttext textcnn --data texts.csv  several models, seeds, intervals, TF-IDF beside them
compare --data goemotions                the course's own table: all of them, ensembles, boosting
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_utils.refused import STOPPED, Refused, run
from course_utils.terminal import say
from course_utils.zoo.models import MODELS, PAIR_MODELS

EMOTIONS = "goemotions"  # in place of a file: the course's own data
EPOCHS = 20


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0: done, 1: refused with a sentence, 2: not understood, 130: stopped."""
    chosen = _parser().parse_args(arguments)
    return run(lambda: chosen.do(chosen), lambda words: say(words, error=True), "Stopped.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.zoo", description="Train, use and compare models that read."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("list", help="the models, and what each is for")
    one.set_defaults(do=_list)
    one = commands.add_parser("train", help="train a model on labelled texts")
    one.add_argument("model", metavar="MODEL", help=f"{', '.join(MODELS)}; of pairs of texts: {', '.join(PAIR_MODELS)}")
    one.add_argument("-o", "--output", type=Path, help="the model's file (default: MODEL.keras)")
    one.add_argument("--seed", type=int, default=0)
    one.add_argument(
        "--tune", choices=("head", "last", "all"), help="for bert: what is trained, the least first (default: last)"
    )
    one.add_argument("--number", action="store_true", help="of pairs: labels are numbers, and such a one is answered")
    _about_data(one)
    _about_pairs(one)
    one.set_defaults(do=_train)
    one = commands.add_parser(
        "predict", help="the labels of each line of a file, after the probability of the likeliest"
    )
    one.add_argument("saved", type=Path, metavar="MODEL.keras")
    one.add_argument("files", nargs="*", metavar="FILE", help="a text a line; standard input if none is given")
    one.add_argument("--text-column", help="of pairs in a .csv or .tsv: the column of the first texts")
    _about_pairs(one)
    one.set_defaults(do=_predict)
    one = commands.add_parser("compare", help="several models on the same texts")
    one.add_argument("models", nargs="*", metavar="MODEL", help=f"{', '.join(MODELS)}; all if none is given")
    one.add_argument(
        "-o", "--output", type=Path, default=Path("comparison.md"), help="the report (default: comparison.md)"
    )
    one.add_argument("--seeds", type=_positive, default=3, help="how many times each is trained (default: 3)")
    _about_data(one, option=True)
    one.set_defaults(do=_compare)
    return parser


def _about_data(parser: argparse.ArgumentParser, option: bool = False) -> None:
    words = "lines that begin with __label__NAME, or a .csv or .tsv with a header; UTF-8"
    if option:
        words += f"; {EMOTIONS} for the course's own table"
        parser.add_argument("--data", dest="files", nargs="+", required=True, metavar="FILE", help=words)
    else:
        parser.add_argument("files", nargs="+", metavar="FILE", help=words)
    parser.add_argument("--text-column", help="the column of the texts")
    parser.add_argument("--label-column", help="the column of the labels")
    parser.add_argument("--separator", help="what stands between several labels in that column, for example ,")
    parser.add_argument("--skip-bad", action="store_true", help="leave out lines that cannot be read, and name them")
    parser.add_argument(
        "--epochs", type=_positive, default=EPOCHS, help="at most; training ends when it no longer helps (default: 20)"
    )
    parser.add_argument(
        "--length", type=_positive, help="words of a text that are read (default: enough for 95%% of the texts)"
    )
    parser.add_argument("--glove", action="store_true", help="begin with GloVe's vectors of English words")


def _about_pairs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--second-column", help="of pairs: the column of the second texts")


def _positive(text: str) -> int:
    """A whole number from 1 on, for argparse."""
    if (value := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least 1 is needed")
    return value


def _known(names: Sequence[str]) -> list[str]:
    """The models asked for. Raises Refused with the names that there are."""
    for name in names:
        if name in PAIR_MODELS:
            raise Refused(f"{name} reads pairs of texts, and `compare` has models that read one. Use `train`.")
        if name not in MODELS:
            of_pairs = f"For pairs of texts: {', '.join(PAIR_MODELS)}."
            raise Refused(f"There is no model {name!r}. The zoo has {', '.join(MODELS)}. {of_pairs}")
    return list(names)


def _writable(path: Path, ending: str = ".keras") -> Path:
    """Where a result is to go. Raises Refused before anything is trained, not after, where it could not be written."""
    if path.suffix != ending:
        raise Refused(f"{path}: the file's name must end in {ending}.")
    if not path.parent.is_dir():
        raise Refused(f"{path}: there is no folder {path.parent}. Make it first.")
    return path


def _read(chosen: argparse.Namespace, **of_pairs: Any) -> Any:
    from course_utils.zoo.text.read import read

    data = read(
        chosen.files,
        text_column=chosen.text_column,
        label_column=chosen.label_column,
        separator=chosen.separator,
        skip_bad=chosen.skip_bad,
        **of_pairs,
    )
    for remark in data.remarks:
        say(remark)
    if len(data.names) < 2:
        raise Refused(f"All texts have the label {data.names[0]!r}. At least two different labels are needed.")
    return data


def _list(chosen: argparse.Namespace) -> None:
    models = {**MODELS, **PAIR_MODELS}
    wide = max(map(len, models))
    for name, one in models.items():
        say(f"{name:{wide}}  {one.title} ({one.paper}): {one.for_what}")


def _train(chosen: argparse.Namespace) -> None:
    from course_utils.zoo.text.split import split

    of_pairs = chosen.model in PAIR_MODELS
    if not of_pairs:
        _known([chosen.model])
    options = _options(chosen)
    path = _writable(chosen.output or Path(f"{chosen.model}.keras"))
    about = {"pairs": True, "second_column": chosen.second_column, "number": chosen.number} if of_pairs else {}
    data = _read(chosen, **about)
    training, validation = split(data, seed=chosen.seed, by_label=not chosen.number)
    if not len(validation):
        raise Refused(f"{len(data)} different texts are too few to set some aside. Two of a label are the least.")
    from course_utils.zoo.training.train import Bar, Plan

    plan = Plan(epochs=chosen.epochs, seed=chosen.seed, length=chosen.length, options=options)
    trained, score, facts = (_pairs_trained if of_pairs else _texts_trained)(chosen, training, validation, plan, Bar)
    _tell(chosen, path, trained, score, {"to train on": len(training), "to check with": len(validation)}, facts)


def _texts_trained(chosen: argparse.Namespace, training: Any, validation: Any, plan: Any, say: Any) -> tuple:
    """A model of single texts, the name of its score, and what else its report says."""
    from course_utils.zoo.training.train import train

    trained = train(chosen.model, training, validation, plan, vectors=_vectors(chosen), say=say)
    return trained, "accuracy" if trained.classifier.threshold is None else "micro-F1", {}


def _pairs_trained(chosen: argparse.Namespace, training: Any, validation: Any, plan: Any, say: Any) -> tuple:
    """A model of pairs, the name of its score, and what a linear model is good for on the same pairs."""
    from course_utils.zoo.training.pairs import beside, train_pairs

    number, vectors = chosen.number, _vectors(chosen)
    trained = train_pairs(chosen.model, training, validation, plan, number=number, vectors=vectors, say=say)
    score = "Pearson's correlation" if number else "accuracy"
    counted = f"{score} of a linear model on five counts of shared words"
    return trained, score, {counted: f"{beside(training, validation, number):.3f}"}


def _tell(
    chosen: argparse.Namespace, path: Path, trained: Any, score: str, sizes: dict[str, int], facts: dict[str, str]
) -> None:
    """Save the model, write its report, and say how good it is."""
    from course_utils.zoo.training import report

    what = "pairs" if trained.classifier.reads_pairs else "texts"
    trained.classifier.save(path)
    known: dict[str, Any] = {"files": [Path(one).name for one in chosen.files]}
    known |= {f"{what} {words}": count for words, count in sizes.items()}
    known |= {f"{score} on these": f"{trained.score:.3f}", **facts}
    known |= {
        "parameters": f"{trained.classifier.network.count_params():,}",
        "processor seconds": f"{trained.seconds:.1f}",
    }
    page = report.write_training(chosen.model, trained, known, path.with_suffix(".md"))
    for remark in [*trained.remarks, *(f"{key[0].upper()}{key[1:]}: {value}." for key, value in facts.items())]:
        say(remark)
    if trained.stopped:
        say("Stopped; the best epoch so far was kept.")
    count = sizes["to check with"]
    say(f"{score} {trained.score:.3f} on {count} {what} that it was not trained on. Model: {path}. Report: {page}.")


def _options(chosen: argparse.Namespace) -> dict[str, Any]:
    """Those of the model alone. Raises Refused where they are not for it."""
    if chosen.model not in PAIR_MODELS and (chosen.number or chosen.second_column):
        option = "--number" if chosen.number else "--second-column"
        raise Refused(f"{option} is for models of pairs: {', '.join(PAIR_MODELS)}. Leave it out, or take one of them.")
    if chosen.model in PAIR_MODELS and chosen.separator:
        raise Refused("--separator is for several labels a text; a pair has one. Leave it out.")
    has_read = chosen.model in MODELS and MODELS[chosen.model].pieces
    if chosen.tune and not has_read:
        raise Refused(f"--tune is for bert; {chosen.model} has nothing that was learned before. Leave it out.")
    if chosen.glove and has_read:
        raise Refused(f"{chosen.model} has vectors of its own. Leave --glove out.")
    return {"tune": chosen.tune} if chosen.tune else {}


def _vectors(chosen: argparse.Namespace) -> Any:
    if not chosen.glove:
        return None
    from course_utils.data import vectors

    return vectors.load_vectors()


def _predict(chosen: argparse.Namespace) -> None:
    from course_utils.zoo.classifier import TextScorer, load
    from course_utils.zoo.text import read

    model = load(chosen.saved)
    texts: list[Any]
    if model.reads_pairs:
        asked = chosen.text_column, chosen.second_column
        texts = [pair for path in chosen.files for pair in read.read_pairs(path, *asked)]
        texts = texts if chosen.files else read.in_two(sys.stdin.read().splitlines(), "standard input")
    else:
        if option := chosen.text_column or chosen.second_column:
            raise Refused(f"{option}: columns are for models of pairs; {chosen.saved} reads a text a line.")
        texts = [text for path in chosen.files for text in read.read_texts(path)]
        texts = texts if chosen.files else sys.stdin.read().splitlines()
    if isinstance(model, TextScorer):
        for value in model.predict_numbers(texts):
            say(f"{value:.3f}")
        return
    probabilities = model.predict_probabilities(texts)
    for labels, row in zip(model.chosen(probabilities), probabilities, strict=True):
        say(f"{row.max():.3f}  {' '.join(labels)}")


def _compare(chosen: argparse.Namespace) -> int:
    from tqdm import tqdm

    from course_utils.zoo.training.compare import compare

    if chosen.files == [EMOTIONS]:
        _compare_on_emotions(chosen)
        return 0
    models = _known(chosen.models) or list(MODELS)
    page = _writable(chosen.output, ".md")
    data = _read(chosen)
    options = {"epochs": chosen.epochs, "length": chosen.length}
    with tqdm(total=len(models) + 1, unit=" models", leave=False) as bar:

        def next_one(name: str) -> None:
            bar.set_postfix_str(name)
            bar.update()

        found = compare(models, data, range(chosen.seeds), options, next_one, chosen.glove)
    from course_utils.zoo.training import report

    report.write_comparison(found, page)
    say("\n".join([*found.remarks, report.table(found)]))
    say(f"Report: {page}.")
    return STOPPED if found.stopped else 0


def _compare_on_emotions(chosen: argparse.Namespace) -> None:
    """The course's table. What is trained already, with the same settings, is read from the folder beside the page."""
    from tqdm import tqdm

    from course_utils.zoo.training import emotions, table_page, table_runs

    own = [chosen.epochs != EPOCHS, chosen.length, chosen.glove, chosen.text_column, chosen.label_column]
    if any([*own, chosen.separator, chosen.skip_bad]):
        raise Refused(f"--data {EMOTIONS} has settings of its own for each model. Leave the other options out.")
    for name in chosen.models:
        if name not in emotions.PLANS:
            raise Refused(f"There is no model {name!r} in this table. It has {', '.join(emotions.PLANS)}.")
    names, seeds = chosen.models or list(emotions.PLANS), range(chosen.seeds)
    path = _writable(chosen.output, ".md")
    folder = path.with_name(f"{path.stem}-runs")
    total = sum(len(table_runs.seeds_of(name, seeds)) for name in names)
    with tqdm(total=total, unit=" members", leave=False) as bar:
        for name, seed in table_runs.train_missing(names, seeds, folder):
            bar.set_postfix_str(f"{name}, seed {seed}")
            bar.update()
    members = table_runs.all_kept(folder, names, seeds)
    predictions = table_page.write(members, path)
    say(path.read_text("utf-8"))
    say(f"Page: {path}. Predictions: {predictions}. Members: {folder}.")


if __name__ == "__main__":
    sys.exit(main())
