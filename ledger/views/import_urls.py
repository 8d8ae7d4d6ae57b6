"""Addresses of imports, below /imports/."""

from django.urls import path

from ledger.views import imports

urlpatterns = [
    path("", imports.list_imports, name="imports"),
    path("new/", imports.upload_import, name="new-import"),
    path("<uuid:key>/", imports.show_import, name="import"),
    path("<uuid:key>/progress/", imports.report_progress, name="import-progress"),
    path("<uuid:key>/load/", imports.load_import, name="load-import"),
    path("<uuid:key>/undo/", imports.undo_import, name="undo-import"),
    path("<uuid:key>/refused/", imports.download_refused, name="refused-rows"),
]
