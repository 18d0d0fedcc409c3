"""One row of a report: what was measured, the figure, its ratio to what it stands beside."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A measurement; `ratio` is to the bare case of the same run, `wanted` is the bound to keep."""

    what: str
    figure: str
    ratio: float | None = None
    wanted: str = ""

    def __str__(self) -> str:
        """As a row of a Markdown table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return f"| {self.what} | {self.figure} | {ratio} | {self.wanted} |"
