"""Addresses of the insights."""

from django.urls import path

from insights import views

urlpatterns = [
    path("", views.list_insights, name="insights"),
    path("<slug:slug>/", views.show_insight, name="insight"),
]
