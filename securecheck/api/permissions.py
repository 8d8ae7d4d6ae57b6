"""Who is let in: by the rights of the account, as on the pages."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class Permitted(BasePermission):
    """Lets in who has one of the `permissions` that the view names; a view that names none is for whoever is signed in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        wanted: tuple[str, ...] = getattr(view, "permissions", ())
        if not (request.user and request.user.is_authenticated):
            return False
        return not wanted or any(request.user.has_perm(one) for one in wanted)
