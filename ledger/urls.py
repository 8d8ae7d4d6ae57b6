"""Addresses of the ledger, in three lists by subject."""

from django.urls import include, path

urlpatterns = [
    path("", include("ledger.views.stop_urls")),
    path("imports/", include("ledger.views.import_urls")),
]
