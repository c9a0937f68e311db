"""The course on a JupyterHub: the settings that it needs there (`write`), and a look at whether all is as it must be (`look`)."""
