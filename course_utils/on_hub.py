"""Whether this runs on a JupyterHub."""

from __future__ import annotations

import os

#: Set by JupyterHub in each server that it starts, and so in all that runs there.
MARK = "JUPYTERHUB_SERVICE_PREFIX"


def on_hub() -> bool:
    """Whether this runs in a server that a JupyterHub has started."""
    return MARK in os.environ
