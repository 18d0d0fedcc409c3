"""Snapshot frames: what is watched, as of a position: whole, or what is newer than another one."""

from collections.abc import Iterable

from services.gateway.view import View
from shared.contracts.identity import BannerId
from shared.contracts.live import Since
from shared.mesh import clock


def snapshot(view: View, banners: Iterable[BannerId] | None, since: Since | None = None) -> str:
    """The snapshot frame of these banners, or of all, as of now."""
    chosen = view.all() if banners is None else view.those(banners)
    changed = None if since is None else view.changed_after(since)
    recovered = "false" if changed is None else "true"
    now = clock.now()
    body = b",".join(each.encoded(now) for each in chosen if changed is None or changed(each))
    revision, hardware = view.position()
    return (
        f'{{"op":"snapshot","revision":{revision},"recovered":{recovered},"epoch":"{view.epoch}",'
        f'"hardware":"{hardware}","banners":[{body.decode()}]}}'
    )
