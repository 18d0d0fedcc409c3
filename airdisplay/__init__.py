"""The command line: everything on one machine, and the tools around it."""
