"""Addresses of trust; the forecast's are in `prediction.urls`."""

from django.urls import path

from insights.trust import group_views, views

urlpatterns = [
    path("", views.show_trust, name="trust"),
    path("areas/<int:number>/", views.show_area, name="trust-area"),
    path("groups/", group_views.show_groups, name="trust-groups"),
    path("drivers/", views.show_drivers, name="trust-drivers"),
    path("drivers/compute/", views.compute_drivers, name="trust-drivers-compute"),
    path("drivers/<uuid:key>/progress/", views.report_study_progress, name="trust-drivers-progress"),
]
