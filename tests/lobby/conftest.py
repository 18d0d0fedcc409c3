"""Placements that fail are tried again at once: nothing here waits for a clock on the wall."""

import pytest


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.lobby.usher._RETRY_SECONDS", 0.0)
    monkeypatch.setattr("services.lobby.desk._LOOK_SECONDS", 0.0)
    monkeypatch.setattr("shared.entities.repository._PAUSE_SECONDS", 0.0)
