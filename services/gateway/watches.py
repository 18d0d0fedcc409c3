"""What can be watched beside banners: single displays, all of one's own, what is measured on a banner."""

from typing import NamedTuple

from services.gateway.displays import Displays
from services.gateway.followed import Followed
from services.gateway.lobbies import LobbyView
from services.gateway.mine import Mine
from services.gateway.telemetry import Newest, Readings
from services.gateway.view import View


class Watches(NamedTuple):
    """Everything of which viewers are told beside banners."""

    followed: Followed
    mine: Mine
    readings: Readings


def watches(displays: Displays, view: View, lobbies: LobbyView, newest: Newest) -> Watches:
    """Those of one gateway, which from now on hear of new displays."""
    followed = Followed(displays)
    mine = Mine(followed, lambda author: view.authors.of(author) | lobbies.authors.of(author))
    view.authors.on_new = lobbies.authors.on_new = mine.on_new
    return Watches(followed, mine, Readings(newest))
