"""The table of docs/roles.md, as the roles have it. `python -m tests.support.roles_page` writes it anew."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from airdisplay.authority.roles import ROLES, SYSTEM, Role

PAGE: Final = Path(__file__).parents[2] / "docs" / "roles.md"
BEGIN: Final = "<!-- made of airdisplay/authority/roles.py -->\n"
END: Final = "<!-- end -->\n"


def table() -> str:
    """A section for each role."""
    return "\n".join("".join(_section(role)) for role in (*ROLES, SYSTEM))


def written() -> str:
    """What the page says."""
    return PAGE.read_text().partition(BEGIN)[2].partition(END)[0]


def _section(role: Role) -> Iterator[str]:
    yield f"### `{role.name}`\n\n"
    yield "| may | where |\n|---|---|\n"
    yield from (f"| publish | {each} |\n" for each in _gathered(role.publish))
    yield from (f"| subscribe | {each} |\n" for each in _gathered(role.subscribe))
    if role.answers:
        yield f"| answer | once for each question, within {role.answer_seconds} s |\n"
    if role.subscriptions_at_most >= 0:
        yield f"| subscribe at most | {role.subscriptions_at_most} times |\n"
    if role.payload_at_most >= 0:
        yield f"| say at once at most | {role.payload_at_most:,} bytes |\n"
    if role.connections:
        yield f"| connect by | {', '.join(role.connections)} |\n"


def _gathered(subjects: Sequence[str]) -> Iterator[str]:
    """Those that differ in the last word alone, in one line."""
    for head, tails in groupby(sorted(set(subjects)), lambda subject: subject.rpartition(".")[0]):
        words = ", ".join(f"`{subject.rpartition('.')[2]}`" for subject in tails)
        yield f"`{head}.` {words}"


def main() -> None:
    """Write the page anew."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{table()}{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
