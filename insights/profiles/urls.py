"""Addresses of the data profile."""

from django.urls import path

from insights.profiles import views

urlpatterns = [
    path("", views.list_profiles, name="profile"),
    path("compute/", views.profile_all, name="profile-all"),
    path("progress/", views.report_profile_progress, name="profile-progress"),
    path("imports/<uuid:key>/", views.show_full_report, name="import-full-report"),
    path("imports/<uuid:key>/progress/", views.report_full_progress, name="import-full-report-progress"),
    path("imports/<uuid:key>/download/", views.download_full_report, name="import-full-report-download"),
    path("<slug:kind>/<slug:source>/", views.show_profile, name="profile-of"),
]
