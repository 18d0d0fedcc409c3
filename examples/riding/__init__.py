"""A client that rides through the restart of a gateway: `python -m examples.riding`."""
