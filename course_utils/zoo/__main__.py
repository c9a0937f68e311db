"""`python -m course_utils.zoo`: train, use and compare models on one's own texts.

list                                     the models, and what each is for
train textcnn texts.csv -o news.keras    train one; its report lies beside it
predict news.keras more.txt              the labels of each line
compare fasttext textcnn texts.csv       several models, seeds, intervals, TF-IDF beside them
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_utils.refused import Refused, run
from course_utils.terminal import say
from course_utils.zoo.models import MODELS


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
    one.add_argument("model", metavar="MODEL", help=", ".join(MODELS))
    one.add_argument("-o", "--output", type=Path, help="the model's file (default: MODEL.keras)")
    one.add_argument("--seed", type=int, default=0)
    one.add_argument(
        "--tune", choices=("head", "last", "all"), help="for bert: what is trained, the least first (default: last)"
    )
    _about_data(one)
    one.set_defaults(do=_train)
    one = commands.add_parser(
        "predict", help="the labels of each line of a file, after the probability of the likeliest"
    )
    one.add_argument("saved", type=Path, metavar="MODEL.keras")
    one.add_argument("files", nargs="*", metavar="FILE", help="a text a line; standard input if none is given")
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
        parser.add_argument("--data", dest="files", nargs="+", required=True, metavar="FILE", help=words)
    else:
        parser.add_argument("files", nargs="+", metavar="FILE", help=words)
    parser.add_argument("--text-column", help="the column of the texts")
    parser.add_argument("--label-column", help="the column of the labels")
    parser.add_argument("--separator", help="what stands between several labels in that column, for example ,")
    parser.add_argument("--skip-bad", action="store_true", help="leave out lines that cannot be read, and name them")
    parser.add_argument(
        "--epochs", type=_positive, default=20, help="at most; training ends when it no longer helps (default: 20)"
    )
    parser.add_argument(
        "--length", type=_positive, help="words of a text that are read (default: enough for 95%% of the texts)"
    )
    parser.add_argument("--glove", action="store_true", help="begin with GloVe's vectors of English words")


def _positive(text: str) -> int:
    """A whole number from 1 on, for argparse."""
    if (value := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least 1 is needed")
    return value


def _known(names: Sequence[str]) -> list[str]:
    """The models asked for. Raises Refused with the names that there are."""
    for name in names:
        if name not in MODELS:
            raise Refused(f"There is no model {name!r}. The zoo has {', '.join(MODELS)}.")
    return list(names)


def _writable(path: Path, ending: str = ".keras") -> Path:
    """Where a result is to go. Raises Refused before anything is trained, not after, where it could not be written."""
    if path.suffix != ending:
        raise Refused(f"{path}: the file's name must end in {ending}.")
    if not path.parent.is_dir():
        raise Refused(f"{path}: there is no folder {path.parent}. Make it first.")
    return path


def _read(chosen: argparse.Namespace) -> Any:
    from course_utils.zoo.text.read import read

    data = read(
        chosen.files,
        text_column=chosen.text_column,
        label_column=chosen.label_column,
        separator=chosen.separator,
        skip_bad=chosen.skip_bad,
    )
    for remark in data.remarks:
        say(remark)
    if len(data.names) < 2:
        raise Refused(f"All texts have the label {data.names[0]!r}. At least two different labels are needed.")
    return data


def _list(chosen: argparse.Namespace) -> None:
    wide = max(map(len, MODELS))
    for name, one in MODELS.items():
        say(f"{name:{wide}}  {one.title} ({one.paper}): {one.for_what}")


def _train(chosen: argparse.Namespace) -> None:
    from course_utils.zoo.text.split import split

    _known([chosen.model])
    options = _options(chosen)
    path = _writable(chosen.output or Path(f"{chosen.model}.keras"))
    data = _read(chosen)
    training, validation = split(data, seed=chosen.seed)
    if not len(validation):
        raise Refused(f"{len(data)} different texts are too few to set some aside. Two of a label are the least.")
    from course_utils.zoo.training import report
    from course_utils.zoo.training.train import Bar, Plan, train

    plan = Plan(epochs=chosen.epochs, seed=chosen.seed, length=chosen.length, options=options)
    trained = train(chosen.model, training, validation, plan, vectors=_vectors(chosen), say=Bar)
    trained.classifier.save(path)
    score = "micro-F1" if trained.classifier.threshold is not None else "accuracy"
    facts = {"files": [Path(one).name for one in chosen.files], "texts to train on": len(training)}
    facts |= {"texts to check with": len(validation), f"{score} on these": f"{trained.score:.3f}"}
    facts |= {
        "parameters": f"{trained.classifier.network.count_params():,}",
        "processor seconds": f"{trained.seconds:.1f}",
    }
    page = report.write_training(chosen.model, trained, facts, path.with_suffix(".md"))
    for remark in trained.remarks:
        say(remark)
    if trained.stopped:
        say("Stopped; the best epoch so far was kept.")
    say(
        f"{score} {trained.score:.3f} on {len(validation)} texts that it was not trained on. Model: {path}. Report: {page}."
    )


def _options(chosen: argparse.Namespace) -> dict[str, Any]:
    """Those of the model alone. Raises Refused where they are not for it."""
    has_read = MODELS[chosen.model].pieces
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
    from course_utils.zoo.classifier import load
    from course_utils.zoo.text.read import read_texts

    model = load(chosen.saved)
    texts = (
        [text for path in chosen.files for text in read_texts(path)] if chosen.files else sys.stdin.read().splitlines()
    )
    probabilities = model.predict_probabilities(texts)
    for labels, row in zip(model.chosen(probabilities), probabilities, strict=True):
        say(f"{row.max():.3f}  {' '.join(labels)}")


def _compare(chosen: argparse.Namespace) -> None:
    from tqdm import tqdm

    from course_utils.zoo.training.compare import compare

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


if __name__ == "__main__":
    sys.exit(main())
