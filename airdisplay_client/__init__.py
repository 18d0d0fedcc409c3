"""AirDisplay for apps: show, wait, follow and watch, from Python. See README.md beside this file."""

from airdisplay_client.client import AirDisplay
from airdisplay_client.errors import (
    AirDisplayError,
    Away,
    ChannelClosed,
    Malformed,
    OutcomeUnknown,
    Refused,
    Unavailable,
)
from airdisplay_client.gateways import Token
from airdisplay_client.news import Changed, Connection, News, Note, Vanished
from airdisplay_client.streams import Following, Watching
from shared.contracts.banner import Display
from shared.contracts.views import BannerView, DisplayView, HistoryItem, TelemetryItem

__all__ = [
    "AirDisplay",
    "AirDisplayError",
    "Away",
    "BannerView",
    "Changed",
    "ChannelClosed",
    "Connection",
    "Display",
    "DisplayView",
    "Following",
    "HistoryItem",
    "Malformed",
    "News",
    "Note",
    "OutcomeUnknown",
    "Refused",
    "TelemetryItem",
    "Token",
    "Unavailable",
    "Vanished",
    "Watching",
]
