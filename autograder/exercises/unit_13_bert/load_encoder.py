import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import WEIGHTS

LAYERS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "out": "attention.output.dense",
    "up": "intermediate.dense",
    "down": "output.dense",
}
NORMS = {"norm_1": "attention.output.LayerNorm", "norm_2": "output.LayerNorm"}
TABLES = {"word": "word", "place": "position", "segment": "token_type"}


def published(rng, blocks, width=2, hidden=3, words=3, places=2, shuffled=False):
    """A probe: a small encoder's tensors, by their published names, with two digits; `blocks` are the numbers of its blocks."""

    def draw(*shape):
        return np.round(rng.normal(size=shape), 2).astype("float32")

    tensors = {
        f"embeddings.{name}_embeddings.weight": draw(rows, width)
        for name, rows in (("word", words), ("position", places), ("token_type", 2))
    }
    tensors |= {f"embeddings.LayerNorm.{part}": draw(width) for part in ("weight", "bias")}
    tensors["embeddings.position_ids"] = np.arange(places)[None]
    for number in blocks:
        at = f"encoder.layer.{number}."
        for name, path in LAYERS.items():
            out, into = {"up": (hidden, width), "down": (width, hidden)}.get(name, (width, width))
            tensors |= {f"{at}{path}.weight": draw(out, into), f"{at}{path}.bias": draw(out)}
        for path in NORMS.values():
            tensors |= {f"{at}{path}.weight": draw(width), f"{at}{path}.bias": draw(width)}
    tensors |= {"pooler.dense.weight": draw(width, width), "pooler.dense.bias": draw(width)}
    if shuffled:
        names = sorted(tensors)
        tensors = {names[i]: tensors[names[i]] for i in rng.permutation(len(names))}
    return probe(tensors)


@exercise("load_encoder", points=3, objective=WEIGHTS, rtol=1e-6, dtype="any")
class LoadEncoder:
    """A dictionary: the tables word, place and segment, their norm, and a list of blocks, each as `encoder_block` takes it."""

    def oracle(tensors):
        found, blocks = {}, {}
        for name, tensor in tensors.items():
            parts = name.split(".")
            if parts[0] == "embeddings" and parts[1].endswith("_embeddings"):
                table = {published: ours for ours, published in TABLES.items()}[parts[1].removesuffix("_embeddings")]
                found[table] = tensor
            elif parts[0] == "encoder":
                ours = {path: ours for ours, path in (LAYERS | NORMS).items()}[".".join(parts[3:-1])]
                pair = blocks.setdefault(int(parts[2]), {}).setdefault(ours, [None, None])
                pair[parts[-1] == "bias"] = _turned(tensor) if tensor.ndim == 2 else tensor
        found["norm"] = tuple(tensors[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias"))
        found["blocks"] = [{ours: tuple(pair) for ours, pair in block.items()} for _, block in sorted(blocks.items())]
        return found

    examples = [
        published(np.random.default_rng(1), []),
        published(np.random.default_rng(2), [10, 2], words=1, places=4, shuffled=True),
    ]

    def hidden(rng):
        yield published(rng, [0], width=3, hidden=5)
        yield published(rng, range(3), width=2, hidden=4, words=6, places=5, shuffled=True)
        yield published(rng, [0, 3], width=4, hidden=4, shuffled=True)
        yield published(rng, range(12), width=1, hidden=2, shuffled=True)

    not_transposed = mistake(
        "The kernels are as they were published, (out, in). A square one fits either way, and gives nonsense: here they are (in, out).",
        lambda tensors: read(tensors, turn=lambda kernel: kernel),
    )
    turned_where_it_did_not_fit = mistake(
        "You transpose up and down, which would not have fitted otherwise. The four square kernels are (out, in) as well.",
        lambda tensors: read(tensors, turn=lambda kernel: kernel if kernel.shape[0] == kernel.shape[1] else kernel.T),
    )
    square_ones_only = mistake(
        "You transpose the four kernels of attention. Those of up and down are (out, in) as well.",
        lambda tensors: read(tensors, turn=lambda kernel: kernel.T if kernel.shape[0] == kernel.shape[1] else kernel),
    )
    reshaped = mistake(
        "You reshape the kernels. That leaves the numbers in their order and puts them into other rows; `.T` exchanges rows and columns.",
        lambda tensors: read(tensors, turn=lambda kernel: kernel.reshape(kernel.shape[::-1])),
    )
    places_from_one = mistake(
        "Your places begin at 1, so that each place is taken for the next one. This file's first row belongs to place 0. (There are "
        "encoders that begin later; this is none of them.)",
        lambda tensors: {**read(tensors), "place": tensors["embeddings.position_embeddings.weight"][1:]},
    )
    place_numbers = mistake(
        "`embeddings.position_ids` are the numbers 0, 1, 2, ... of the places. Their vectors are `position_embeddings`.",
        lambda tensors: {**read(tensors), "place": tensors["embeddings.position_ids"]},
    )
    tables_turned = mistake(
        "The three tables are turned as well. They have a row for each word, place or segment already: only kernels are (out, in).",
        lambda tensors: {**(found := read(tensors)), **{name: found[name].T for name in TABLES}},
    )
    place_and_segment_swapped = mistake(
        "The tables of places and of segments have changed places. `token_type` is the published word for a segment.",
        lambda tensors: {**(found := read(tensors)), "place": found["segment"], "segment": found["place"]},
    )
    sorted_as_text = mistake(
        "Your block 10 stands before block 2: so the file may have them, and so they are sorted as text. Sort by the *number*.",
        lambda tensors: {**(found := read(tensors)), "blocks": found["blocks"][::-1]},
    )
    counted_from_zero = mistake(
        "You go from block 0 to as many as there are, and a number may be missing: here the file has others. Go through the numbers that "
        "stand in the names, in order.",
        lambda tensors: read(tensors, numbers=range(len(_numbers(tensors)))),
    )
    ends_alike = mistake(
        "You look for names by their end, and `attention.output.dense` ends like `output.dense`: which of the two you get depends on the "
        "file's order. Write the whole name.",
        lambda tensors: {
            **(found := read(tensors)),
            "blocks": [by_end(tensors, n, block) for n, block in numbered(tensors, found)],
        },
    )
    first_block_only = mistake(
        "Yours has one block. There are as many as there are numbers behind `encoder.layer.`",
        lambda tensors: {**(found := read(tensors)), "blocks": found["blocks"][:1]},
    )
    same_block_each_time = mistake(
        "All of your blocks are the first one. The number in the name says which block a tensor belongs to.",
        lambda tensors: {**(found := read(tensors)), "blocks": found["blocks"][:1] * len(found["blocks"])},
    )
    query_and_key_swapped = mistake(
        "Query and key have changed places.",
        lambda tensors: renamed(tensors, {"query": "key", "key": "query"}),
    )
    norms_swapped = mistake(
        "norm_1 and norm_2 have changed places: norm_1 stands behind attention, norm_2 at the end of the block.",
        lambda tensors: renamed(tensors, {"norm_1": "norm_2", "norm_2": "norm_1"}),
    )
    outs_swapped = mistake(
        "out and down are mixed up: `attention.output.dense` belongs to attention, `output.dense` stands at the end of the block.",
        lambda tensors: renamed(tensors, {"out": "down", "down": "out"}),
    )
    bias_first = mistake(
        "Each pair is the wrong way round: the kernel (or scale) first, then the bias (or shift).",
        lambda tensors: {
            **(found := read(tensors)),
            "norm": found["norm"][::-1],
            "blocks": [{name: pair[::-1] for name, pair in block.items()} for block in found["blocks"]],
        },
    )
    no_norm = mistake(
        "The norm of the tables is missing: embeddings.LayerNorm.",
        lambda tensors: {name: part for name, part in read(tensors).items() if name != "norm"},
    )
    blocks_by_number = mistake(
        "Your blocks are a dictionary by their numbers. A list is asked for, so that one can go through it in order.",
        lambda tensors: {
            **(found := read(tensors)),
            "blocks": dict(zip(_numbers(tensors), found["blocks"], strict=True)),
        },
    )


def _numbers(tensors):
    """The numbers of the blocks, in their order."""
    return sorted({int(name.split(".")[2]) for name in tensors if name.startswith("encoder.")})


def _turned(kernel):
    """Rows and columns exchanged, number by number."""
    turned = np.empty(kernel.shape[::-1], kernel.dtype)
    for (row, column), number in np.ndenumerate(kernel):
        turned[column, row] = number
    return turned


def numbered(tensors, found):
    """Each block's number and the block."""
    return zip(_numbers(tensors), found["blocks"], strict=True)


def by_end(tensors, number, block):
    """The block, with the last tensors whose names end as those of down and norm_2 do."""
    wrong = dict(block)
    for name in ("down", "norm_2"):
        path = (LAYERS | NORMS)[name]
        ends = [each for each in tensors if f"layer.{number}." in each and each.endswith(f"{path}.weight")]
        kernel = tensors[ends[-1]]
        wrong[name] = kernel.T if kernel.ndim == 2 else kernel, tensors[ends[-1].removesuffix("weight") + "bias"]
    return wrong


def read(tensors, turn=np.transpose, numbers=None):
    """What the exercise asks for, kernels turned by `turn`; `numbers`: of which blocks."""
    found = {name: tensors[f"embeddings.{path}_embeddings.weight"] for name, path in TABLES.items()}
    found["norm"] = tensors["embeddings.LayerNorm.weight"], tensors["embeddings.LayerNorm.bias"]
    found["blocks"] = [
        {
            name: (turn(w) if w.ndim == 2 else w, tensors[f"encoder.layer.{n}.{path}.bias"])
            for name, path in (LAYERS | NORMS).items()
            for w in [tensors[f"encoder.layer.{n}.{path}.weight"]]
        }
        for n in (_numbers(tensors) if numbers is None else numbers)
    ]
    return found


def renamed(tensors, names):
    """The same, with parts of a block under each other's names."""
    found = read(tensors)
    blocks = [{names.get(name, name): pair for name, pair in block.items()} for block in found["blocks"]]
    return {**found, "blocks": blocks}
