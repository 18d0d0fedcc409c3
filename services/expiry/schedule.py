"""Deadlines in order. Pure."""
