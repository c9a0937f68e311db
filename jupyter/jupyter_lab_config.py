"""JupyterLab's settings for the course; installed with it (pyproject.toml, shared-data)."""

from course_utils.start_page import place_to_open, server_root

c = get_config()  # noqa: F821  (Jupyter defines it)

# The start page is written here, so that it is up to date however JupyterLab was started.
c.LabApp.default_url = place_to_open(server_root())
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
