import numpy as np

from autograder.exercise import exercise, mistake, probe

from .shared import LAYERS, NORMS, TABLES, WEIGHTS, all_numbers, numbers_of, read

ENDS_ALIKE = (
    "You look for names by their end, and `attention.output.dense` ends like `output.dense`: which of the two you get depends on the "
    "file's order. Write the whole name."
)
BEGINS_ALIKE = "`encoder.layer.1` is also how the names of block 10 begin. With the dot behind it, `encoder.layer.1.` is block 1 alone."


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
        tensors[f"{at}attention.self.distance_embedding.weight"] = draw(places, width)
    tensors |= {"pooler.dense.weight": draw(width, width), "pooler.dense.bias": draw(width)}
    tensors["image_encoder.layer.13.output.dense.bias"] = draw(width)  # of another network in the same file
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
                ours = {path: ours for ours, path in (LAYERS | NORMS).items()}.get(".".join(parts[3:-1]))
                if ours is None:
                    continue
                pair = blocks.setdefault(int(parts[2]), {}).setdefault(ours, [None, None])
                pair[parts[-1] == "bias"] = _turned(tensor) if tensor.ndim == 2 else tensor
        found["norm"] = tuple(tensors[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias"))
        found["blocks"] = [{ours: tuple(pair) for ours, pair in block.items()} for _, block in sorted(blocks.items())]
        return found

    examples = [
        published(np.random.default_rng(1), []),
        published(np.random.default_rng(3), [10, 2, 1], words=1, places=4, shuffled=True),
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
        "Your block 10 stands before block 2: as a text, and in a set, it may. Sort the *numbers*.",
        lambda tensors: read(tensors, numbers=sorted(numbers_of(tensors), key=str)),
    )
    in_the_order_of_the_file = mistake(
        "Your blocks come in the order in which the file names them, and that is any. Sort by the *number*.",
        lambda tensors: read(tensors, numbers=dict.fromkeys(all_numbers(tensors))),
    )
    some_blocks_lost = mistake(
        "Block 10 is missing in yours. Do you stop at the first number that is not there, or read one digit of a number?",
        lambda tensors: read(tensors, numbers=[n for n in numbers_of(tensors) if n < 10]),
    )
    empty_for_missing = mistake(
        "Where a number is missing you put an empty block. The list has the blocks that are there, and no others.",
        lambda tensors: {
            **(found := read(tensors)),
            "blocks": [
                dict(numbered(tensors, found)).get(n, {}) for n in range(max(numbers_of(tensors), default=-1) + 1)
            ],
        },
    )
    another_blocks_tensors = mistake(BEGINS_ALIKE, lambda tensors: by_end(tensors, -1, "", whole=True, apart=False))
    another_blocks_tensors_first = mistake(
        BEGINS_ALIKE, lambda tensors: by_end(tensors, 0, "", whole=True, apart=False)
    )
    another_networks_block = mistake(
        "A name may *hold* `layer.13` and belong to another network in the same file. A block's name *begins* with `encoder.layer.`",
        lambda tensors: read(tensors, numbers=[*numbers_of(tensors), *all_numbers(tensors, "image_encoder.")]),
    )
    counted_from_zero = mistake(
        "You go from block 0 to as many as there are, and a number may be missing: here the file has others. Go through the numbers that "
        "stand in the names, in order.",
        lambda tensors: read(tensors, numbers=range(len(numbers_of(tensors)))),
    )
    ends_alike = mistake(ENDS_ALIKE, lambda tensors: by_end(tensors, -1))
    ends_alike_first = mistake(ENDS_ALIKE, lambda tensors: by_end(tensors, 0))
    ends_alike_together = mistake(ENDS_ALIKE, lambda tensors: by_end(tensors, -1, apart=False))
    ends_alike_first_together = mistake(ENDS_ALIKE, lambda tensors: by_end(tensors, 0, apart=False))
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
            "blocks": dict(zip(numbers_of(tensors), found["blocks"], strict=True)),
        },
    )


def _turned(kernel):
    """Rows and columns exchanged, number by number."""
    turned = np.empty(kernel.shape[::-1], kernel.dtype)
    for (row, column), number in np.ndenumerate(kernel):
        turned[column, row] = number
    return turned


def numbered(tensors, found):
    """Each block's number and the block."""
    return zip(numbers_of(tensors), found["blocks"], strict=True)


def by_end(tensors, at, dot=".", whole=False, apart=True):
    """The same, with the tensors that are found `at` (first or last) a place among those whose names begin and end as is asked for.

    `dot` stands behind the number; `whole`: all that is behind it is compared, and not its end alone; `apart`: a bias is looked for
    as a weight is, and not beside it.
    """

    def look(number, path):
        names = [each for each in tensors if each.startswith(f"encoder.layer.{number}{dot}")]
        return [each for each in names if (".".join(each.split(".")[3:]) == path if whole else each.endswith(path))][at]

    def pair(number, path):
        name = look(number, f"{path}.weight")
        bias = look(number, f"{path}.bias") if apart else name.removesuffix("weight") + "bias"
        return tensors[name].T, tensors[bias]

    paths = LAYERS | NORMS
    blocks = [{name: pair(number, path) for name, path in paths.items()} for number in numbers_of(tensors)]
    return {**read(tensors), "blocks": blocks}


def renamed(tensors, names):
    """The same, with parts of a block under each other's names."""
    found = read(tensors)
    blocks = [{names.get(name, name): pair for name, pair in block.items()} for block in found["blocks"]]
    return {**found, "blocks": blocks}
