"""Addresses of the insights."""

from django.urls import path

from insights import views
from insights.rows.views import show_data

urlpatterns = [
    path("", views.list_insights, name="insights"),
    path("explore/", views.explore, name="explore"),
    path("data/", show_data, name="data"),
    path("<slug:slug>/", views.show_insight, name="insight"),
]
