"""How a command says what went wrong: one sentence, and an exit code."""

import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import click
import structlog

from shared.contracts.errors import AirDisplayError, NotFit

INTERRUPTED: Final = 130
"""What shells say of a program that was ended by Ctrl-C."""


@contextmanager
def in_one_sentence() -> Generator[None]:
    """Say an expected failure in one sentence, and end with its exit code."""
    try:
        yield
    except AirDisplayError as error:
        raise _sentence(error) from error
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def keep_quiet() -> None:
    """Leave talking to the command itself, where the mesh would log."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _sentence(error: AirDisplayError) -> click.ClickException:
    return _Unfit(str(error)) if isinstance(error, NotFit) else click.ClickException(str(error))


class _Unfit(click.ClickException):
    exit_code = 78  # as services end that do not fit: starting again will not help
