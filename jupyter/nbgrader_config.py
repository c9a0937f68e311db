"""nbgrader's settings for whoever has the course, installed with it: the Validate button waits for cells that train."""

c = get_config()  # noqa: F821  (nbgrader defines it)

c.Execute.timeout = 300  # seconds a cell; nbgrader's own 30 would call a network that is still training wrong
