"""The command line, with the real processes that it starts."""
