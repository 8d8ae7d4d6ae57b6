"""The audit trail: where a request comes from."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from ledger.audit import client_address, record
from ledger.choices import AuditVerb
from ledger.models import AuditEvent


def asked(forwarded: str = "", direct: str = "10.0.0.9") -> Any:
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=direct, **headers)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "10.0.0.9"),
        (0, "6.6.6.6", "10.0.0.9"),  # nobody's word is taken for it
        (1, "198.51.100.7", "198.51.100.7"),
        (
            1,
            "6.6.6.6, 198.51.100.7",
            "198.51.100.7",
        ),  # what the visitor claimed stands before what our proxy saw
        (2, "198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (1, "198.51.100.7:51724", "198.51.100.7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "[2001:db8::7]:51724", "2001:db8::7"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "unknown", None),
        (1, "999.1.1.1", None),
    ],
)
def test_an_address_is_taken_from_as_many_proxies_as_are_trusted(
    settings: Any, proxies: int, forwarded: str, address: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert client_address(asked(forwarded)) == address


def test_a_socket_has_no_address(settings: Any) -> None:
    assert client_address(asked(direct="")) is None


@pytest.mark.django_db
def test_a_line_is_kept_whatever_a_proxy_calls_the_visitor(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    record(asked("198.51.100.7:51724"), AuditVerb.SIGN_OUT)
    record(asked("no address at all"), AuditVerb.SIGN_OUT)
    assert list(AuditEvent.objects.order_by("pk").values_list("address", flat=True)) == ["198.51.100.7", None]
