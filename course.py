"""The course's commands, on every system: `python course.py lab` sets the course up and opens it. Alone it lists them.

What is here runs in any Python 3.8 or newer without a package, to say in words what is wrong where it is too old or too new.
"""

import importlib
import os
import shutil
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
OLDEST, NEWEST = (3, 11), (3, 13)


def fits(version: "tuple[int, ...]") -> bool:
    """Whether the course runs with this version of Python."""
    return OLDEST <= version[:2] <= NEWEST


def another_python() -> "list[str]":
    """How to start a Python of this machine that fits; [] where none is found."""
    minors = range(NEWEST[1], OLDEST[1] - 1, -1)
    venv = os.path.join(FOLDER, os.environ.get("VENV") or ".venv")
    found = [[os.path.join(venv, "Scripts", "python.exe")], [os.path.join(venv, "bin", "python")]]
    found += [[f"python3.{minor}"] for minor in minors]
    found += [["py", f"-3.{minor}"] for minor in minors] if os.name == "nt" else []
    for command in found:
        if shutil.which(command[0]) and fits(version_of(command)):
            return command
    return []


def version_of(command: "list[str]") -> "tuple[int, ...]":
    """The version that a Python says it is; () where it does not start."""
    ask = "import sys; print(sys.version_info[0], sys.version_info[1])"
    try:
        told = subprocess.run([*command, "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        return tuple(int(part) for part in told.split())
    except (OSError, ValueError):
        return ()


def main(arguments: "list[str]") -> int:
    """Run one command; returns its exit code."""
    if not fits(sys.version_info[:2]):
        command = another_python()
        if command:
            return subprocess.call([*command, os.path.abspath(__file__), *arguments])
        this = ".".join(str(part) for part in sys.version_info[:2])
        print(
            f"Python 3.{OLDEST[1]} to 3.{NEWEST[1]} is needed; {sys.executable} is {this}, and no other was found. "
            "Install one from https://www.python.org, then name it: python3.12 course.py lab (on Windows: py -3.12 course.py lab)."
        )
        return 1
    sys.path.insert(0, FOLDER)
    steps = importlib.import_module("course_utils.installing.steps")
    authors = os.path.isdir(os.path.join(FOLDER, "autograder"))  # a clone, not a learner's edition
    return steps.main(arguments, importlib.import_module("autograder.steps").OF_AUTHORS if authors else {})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
