"""Clients in other languages, against gateways that run."""
