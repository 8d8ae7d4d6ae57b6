"""Addresses of the insights."""

from django.urls import path

from insights import views
from insights.rows.views import show_data
from insights.saved import views as saved

urlpatterns = [
    path("", views.list_insights, name="insights"),
    path("views/", saved.save_view, name="save-view"),
    path("views/<int:pk>/remove/", saved.remove_view, name="remove-view"),
    path("views/<int:pk>/default/", saved.choose_default, name="default-view"),
    path("explore/", views.explore, name="explore"),
    path("data/", show_data, name="data"),
    path("<slug:slug>/", views.show_insight, name="insight"),
]
