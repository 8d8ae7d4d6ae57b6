from __future__ import annotations


def demo_accounts() -> list[dict[str, str]]:
    return []
