"""Saved views: own and shared, with a default for each page."""
