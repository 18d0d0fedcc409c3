"""How it travels: connection, requests and services, the log and its followers, the life of a process.

The only importer of nats-py; no NATS type leaves this package.
"""
