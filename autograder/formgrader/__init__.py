"""nbgrader's formgrader, in which nothing that a learner wrote is executed: an extension of the Jupyter server.

Two layers that do not depend on each other. `page` makes a submission's page out of clean parts (`autograder.cleaning`),
formulas included, so that it needs no script but the formgrader's own. `handlers` gives every page of the formgrader a
Content-Security-Policy under which a browser runs only the scripts that the page's own template names, and learners' files
one under which it runs none.

It is switched on by jupyter/jupyter_server_config.d/, which is installed with the course; `autograder doctor` looks.
"""

from typing import Any

NAME = __name__


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": NAME}]


def _load_jupyter_server_extension(server: Any) -> None:
    from autograder.formgrader.handlers import guard

    guard(server.web_app)
    server.log.info("The formgrader shows submissions without running what is in them")
