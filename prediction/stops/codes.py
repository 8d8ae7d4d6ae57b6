"""Codes that mean no single value. Read by the web process: no numerical library here."""

from __future__ import annotations

REST = -1  # "any other": classes too rare to tell anything about
