"""Start JupyterLab as `jupyter lab` does, without a second of work that it does not need."""

import sys


def main() -> None:
    """Run JupyterLab with the command line's arguments."""
    # jsonschema, which JupyterLab imports, would build a grammar for internationalised addresses; no Jupyter file has one.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None is Python's word for "not to be had"
    from jupyterlab.labapp import main as lab

    sys.argv[0] = "jupyter-lab"  # what its own help and messages call it
    lab()


if __name__ == "__main__":
    main()
