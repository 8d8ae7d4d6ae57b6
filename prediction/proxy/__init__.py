"""Proxy audit: how well do published rates alone tell which group a row of a table is about? About tables, never about persons."""
