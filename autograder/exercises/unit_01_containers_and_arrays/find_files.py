import os
from pathlib import Path

from autograder.exercise import exercise, mistake, probe
from course_utils.values import tree

from .shared import FILES

NAMES = ("ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen")


@exercise("find_files", points=2, objective=FILES)
class FindFiles:
    """The files below a folder that have a given suffix, however deep they lie, sorted."""

    def oracle(root, suffix):
        return walk(root, suffix)

    examples = [
        probe(tree({"b.png": "", "a.png": "", "notes.txt": ""}), ".png"),
        probe(tree({"z.png": "", "train/cats/c.png": "", "train/d.png": ""}), ".png"),
        probe(tree({"a.txt": "", "old.txt/a.png": "", "old.txt/c.txt": "", "b.txt.bak": ""}), ".txt"),
        probe(tree({"a.png": ""}), ".jpg"),
        probe(tree({"data.tar.gz": "", "data.gz": "", "deep/more.tar.gz": "", "data.tar": ""}), ".tar.gz"),
        probe(tree({"B.PNG": "", "a.png": ""}), ".png"),
        probe(tree({"b/a.png": "", "a/b.png": "", "c.png": ""}), ".png"),
    ]

    def hidden(rng):
        for suffix in (".png", ".txt", ".jpg", ".wav"):
            names = [str(name) for name in rng.permutation(NAMES)]
            other = ".csv"
            yield probe(
                tree(
                    {
                        f"{names[0]}{suffix}": "",
                        f"{names[1]}{other}": "",
                        f"{names[2]}{suffix}.bak": "",
                        f"{names[3]}_folder/{names[4]}{suffix}": "",
                        f"{names[3]}_folder/{names[5]}{other}": "",
                        f"{names[5]}_folder/deep/{names[6]}{suffix}": "",
                        f"{names[7]}_album{suffix}/{names[1]}{other}": "",
                        f"{names[7]}_album{suffix}/{names[0]}{suffix}": "",
                    }
                ),
                suffix,
            )
        yield probe(tree({"only.csv": ""}), ".png")
        yield probe(tree({"x/y/z/w/v.png": "", "x/y/u.png": ""}), ".png")
        yield probe(tree({"a/z.png": "", "b/y.png": "", "b/c/a.png": "", "m.png": ""}), ".png")

    @mistake(
        "You look into the folder itself and not into those inside it. `rglob` goes all the way down, `glob` does not."
    )
    def not_recursive(root, suffix):
        return sorted(path for path in Path(root).iterdir() if path.is_file() and path.name.endswith(suffix))

    @mistake(
        "You moved: after your function the working directory is another one, and every relative path in the notebook "
        "now points elsewhere. Build paths from `root`; no `chdir` is needed."
    )
    def stays_elsewhere(root, suffix):
        os.chdir(root)
        return walk(root, suffix)

    folders_too = mistake(
        "A *folder* is in your list: its name ends in the suffix too. Keep what `is_file()`.",
        lambda root, suffix: sorted(Path(root).rglob("*" + suffix)),
    )
    one_level_with_folders = mistake(
        "You look into the folder itself only: `glob` with one star goes no deeper, `rglob` does. And a *folder* whose name fits "
        "is in your list: keep what `is_file()`.",
        lambda root, suffix: sorted(Path(root).glob("*" + suffix)),
    )
    names_only = mistake(
        "Names without their folders cannot be opened from here. Keep the whole path.",
        lambda root, suffix: [Path(path.name) for path in walk(root, suffix)],
    )
    from_root_on = mistake(
        "Your paths begin below `root`, so they cannot be opened from here. Keep them as `rglob` gives them: each begins with `root`.",
        lambda root, suffix: [path.relative_to(root) for path in walk(root, suffix)],
    )
    as_text = mistake(
        "The right files as text. `Path` objects are asked for: they join with `/` and know their `name` and `suffix`.",
        lambda root, suffix: [str(path) for path in walk(root, suffix)],
    )
    suffix_anywhere = mistake(
        "`b.txt.bak` does not end in `.txt`: you ask whether the suffix is *somewhere* in the name.",
        lambda root, suffix: sorted(path for path in Path(root).rglob("*") if path.is_file() and suffix in path.name),
    )
    every_file = mistake(
        "You return every file. Keep those whose name ends in the suffix.",
        lambda root, suffix: sorted(path for path in Path(root).rglob("*") if path.is_file()),
    )

    last_part_only = mistake(
        "`path.suffix` is only the last part of a name: '.gz' for `data.tar.gz`. Ask what the *name* ends with.",
        lambda root, suffix: [path for path in walk(root, Path(f"x{suffix}").suffix) if path.suffix == suffix],
    )
    any_case = mistake(
        "You ignore upper and lower case. `B.PNG` does not end in `.png`: only names that end in the suffix as it is given count.",
        lambda root, suffix: sorted(
            p for p in Path(root).rglob("*") if p.is_file() and p.name.lower().endswith(suffix.lower())
        ),
    )
    by_name = mistake(
        "The right files, sorted by their names. Sort the whole paths: `sorted(paths)` compares the folders first.",
        lambda root, suffix: sorted(walk(root, suffix), key=lambda path: path.name),
    )
    by_name_backwards = mistake(
        "The right files in another order: sort the paths, smallest first.",
        lambda root, suffix: walk(root, suffix)[::-1],
    )


def walk(root, suffix):
    """Every file below `root` whose name ends in `suffix`, sorted: a right answer, for the mistakes to spoil."""
    found = [Path(folder) / name for folder, _, names in os.walk(root) for name in names if name.endswith(suffix)]
    return sorted(found)
