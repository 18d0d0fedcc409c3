"""Logging: one line an event on standard output; for people on a terminal, JSON elsewhere."""

import logging
import sys

import structlog


def configure(service: str, instance: str, *, level: int = logging.INFO) -> None:
    """Set up logging once for a process; every line carries the service and the instance."""
    people = sys.stdout.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer() if people else structlog.processors.format_exc_info,
            *([] if people else [structlog.processors.JSONRenderer()]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, instance=instance)
