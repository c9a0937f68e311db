"""The trust boundary: the warm parent, the sandbox and all that runs in it, and the pipes between."""
