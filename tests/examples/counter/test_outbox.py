"""The outbox holds each mail once, however often it is put in, and only whole."""

import mailbox
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from examples.counter.entity import MailDue
from examples.counter.outbox import Outbox
from examples.counter.service import mail_name, write
from tests.support.clock import NOON

MAIL = write("visits", MailDue(10), NOON)


def mails(folder: Path) -> list[str]:
    """The subjects of all mails, as the standard library's mail reader finds them."""
    return sorted(mail["Subject"] for mail in mailbox.Maildir(folder, create=False))


def test_a_mail_that_is_put_in_again_is_there_once(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)

    assert outbox.put("visits-10", MAIL)
    assert not outbox.put("visits-10", MAIL)
    assert not Outbox(tmp_path).put("visits-10", b"another text")
    assert ["visits has reached 10"] == mails(tmp_path)


def test_a_mail_that_somebody_has_read_is_not_put_in_again(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put("visits-10", MAIL)
    (tmp_path / "new" / "visits-10").rename(tmp_path / "cur" / "visits-10:2,S")

    assert not outbox.put("visits-10", MAIL)
    assert outbox.put("visits-1", MAIL)


def test_of_many_who_put_the_same_mail_in_at_once_one_does(tmp_path: Path) -> None:
    outboxes = [Outbox(tmp_path) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        tries = [threads.submit(outbox.put, "visits-10", MAIL) for outbox in outboxes]
        new = [each.result() for each in tries]

    assert 1 == sum(new)
    assert ["visits has reached 10"] == mails(tmp_path)


def test_a_mail_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError("no space left on device")

    outbox = Outbox(tmp_path)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        outbox.put("visits-10", MAIL)

    assert [] == [each for each in tmp_path.rglob("*") if each.is_file()]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(("a-1", 10), ("a", 110), id="digits at the seam"),
        pytest.param(("a", 10), ("a-10", 10), id="a counter that is called like a mail"),
    ],
)
def test_different_events_have_mails_of_different_names(
    first: tuple[str, int], second: tuple[str, int]
) -> None:
    names = [mail_name(counter, MailDue(count)) for counter, count in (first, second)]

    assert names[0] != names[1]
