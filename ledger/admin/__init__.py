"""Pages of the admin, one module by subject. Django finds them by importing this package."""

from ledger.admin import audit_trail, codes, places, stops

__all__ = ["audit_trail", "codes", "places", "stops"]
