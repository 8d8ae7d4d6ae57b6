"""Addresses of the audit of predictions."""

from django.urls import path

from insights.audit import views

urlpatterns = [
    path("", views.list_audits, name="audit"),
    path("compute/", views.compute_audits, name="audit-compute"),
    path("progress/", views.report_progress, name="audit-progress"),
    path("<slug:slug>/", views.show_audit, name="audit-of"),
]
