"""Addresses of imports, below /imports/."""

from django.urls import path

from ledger.views import imports, reading, uploads

urlpatterns = [
    path("", imports.list_imports, name="imports"),
    path("new/", uploads.upload_import, name="new-import"),
    path("together/<uuid:batch>/", uploads.show_batch, name="import-batch"),
    path("together/<uuid:batch>/progress/", uploads.report_batch, name="import-batch-progress"),
    path("together/<uuid:batch>/load/", uploads.load_batch, name="load-import-batch"),
    path("<uuid:key>/", imports.show_import, name="import"),
    path("<uuid:key>/progress/", imports.report_progress, name="import-progress"),
    path("<uuid:key>/reading/", reading.choose_reading, name="import-reading"),
    path("<uuid:key>/load/", imports.load_import, name="load-import"),
    path("<uuid:key>/undo/", imports.undo_import, name="undo-import"),
    path("<uuid:key>/records/", imports.download_records, name="import-records"),
    path("<uuid:key>/refused/", imports.download_refused, name="refused-rows"),
]
