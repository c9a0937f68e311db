"""JupyterLab's settings for the course, read when it is started from this folder."""

c = get_config()  # noqa: F821  (Jupyter defines it)

c.LabApp.default_url = "/lab/tree/notebooks"
c.LabApp.news_url = None  # no pop-up asking for permission to fetch news
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
