"""Addresses of the API, below /api/."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from securecheck.api import crime, prediction, views

urlpatterns = [
    path("", views.Root.as_view(), name="api"),
    path("insights/", views.Insights.as_view(), name="api-insights"),
    path("insights/<slug:slug>/", views.Insight.as_view(), name="api-insight"),
    path("stops/", views.Stops.as_view(), name="api-stops"),
    path("stops/<reference>/", views.OneStop.as_view(), name="api-stop"),
    path("agencies/", views.Agencies.as_view(), name="api-agencies"),
    path("codes/", views.CodeLists.as_view(), name="api-codes"),
    path("codes/<slug:name>/", views.CodeList.as_view(), name="api-code-list"),
    re_path(r"^predict_stop/?$", prediction.PredictStop.as_view(), name="predict-stop"),
    re_path(r"^predict_hourly_crime/?$", crime.HourlyCrime.as_view(), name="predict-hourly-crime"),
    re_path(r"^average_daily_crime/?$", crime.AverageDailyCrime.as_view(), name="average-daily-crime"),
    path("hourly_crime_chart.svg", crime.HourlyCrimeChart.as_view(), name="hourly-crime-chart"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
