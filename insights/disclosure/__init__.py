"""Small counts: what is hidden from those who may not see exact figures, and why that is enough (docs/small-counts.md)."""

from insights.disclosure.shield import protect

__all__ = ["protect"]
