"""The entity kit: durable, globally unique things, each one record under one key, decided commit by commit.

An entity is a pure module with `handle` (decide) and `update` (record). The repository is its shell:
load, handle, update, commit at the expected revision, answer. Nothing here knows NATS.
"""
