"""Right answers to `find_files`, each written in another way."""

import glob
import os
from pathlib import Path


def with_all_suffixes(root, suffix):
    found = []
    for path in root.rglob("*"):
        if path.is_file() and "".join(path.suffixes).endswith(suffix):
            found.append(path)
    found.sort()
    return found


def by_recursion(root, suffix):
    found = []
    for name in os.listdir(root):
        path = Path(root, name)
        if path.is_dir():
            found += by_recursion(path, suffix)
        elif path.match("*" + suffix):
            found.append(path)
    return sorted(found)


def goes_and_comes_back(root, suffix):
    start = os.getcwd()
    os.chdir(root)
    found = sorted(path.absolute() for path in Path(".").glob("**/*" + suffix) if path.is_file())
    os.chdir(start)
    return found


def with_os_walk(root, suffix):
    found = []
    for folder, _folders, names in os.walk(root):
        found.extend(Path(folder) / name for name in names if name[-len(suffix) :] == suffix)
    return sorted(found)


def with_glob_and_sorted_as_text(root, suffix):
    names = glob.glob(os.path.join(str(root), "**", "*" + suffix), recursive=True)
    return [Path(name) for name in sorted(names) if os.path.isfile(name)]


def with_a_list_of_folders_to_do(root, suffix):
    found, todo = [], [root]
    while todo:
        for path in todo.pop().iterdir():
            if path.is_dir():
                todo.append(path)
            elif path.name[-len(suffix) :] == suffix:
                found.append(path)
    return sorted(found, key=lambda path: path.parts)


def with_a_generator(root, suffix):
    def below(folder):
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    yield from below(entry.path)
                elif entry.name.endswith(suffix):
                    yield Path(entry.path)

    return sorted(below(root))
