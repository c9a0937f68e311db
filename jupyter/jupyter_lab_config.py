"""JupyterLab's settings for the course; installed with it (pyproject.toml, shared-data)."""

c = get_config()  # noqa: F821  (Jupyter defines it)

c.LabApp.default_url = "/lab/tree/notebooks"
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
