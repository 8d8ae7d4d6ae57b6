"""How fast an import goes and how long it will take, in words: for pages and terminals."""

from __future__ import annotations

from dataclasses import dataclass

SOON = 3.0  # seconds of work before anything is said of its end


@dataclass(frozen=True)
class Pace:
    """Work so far: bytes of the file taken in of all, records read, seconds since it began."""

    done: int
    total: int
    rows: int
    seconds: float

    @property
    def rows_a_second(self) -> float:
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Until all is read, if it goes on as it went; None where that cannot be said yet, or all is read."""
        if not 0 < self.done < self.total or self.seconds < SOON:
            return None
        return self.seconds * (self.total - self.done) / self.done

    def __str__(self) -> str:
        if not self.rows or self.seconds <= 0:
            return ""
        said = [f"{self.rows:,} {'row' if self.rows == 1 else 'rows'}", f"{self.rows_a_second:,.0f} a second"]
        if (left := self.seconds_left) is not None:
            said.append(f"about {in_words(left)} left to read")
        return ", ".join(said)


def in_words(seconds: float) -> str:
    """A time as people say it: rounded to what one can rely on."""
    if seconds < 55:
        return f"{max(5, 5 * round(seconds / 5))} seconds"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} {'minute' if minutes == 1 else 'minutes'}"
    return f"{seconds / 3600:.0f} hours"
