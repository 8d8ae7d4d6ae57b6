"""All addresses. Names are relied on by templates; the access each needs is declared in `securecheck.access_map`."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from securecheck import views
from securecheck.api.crime import old_addresses
from securecheck.metrics.views import report_metrics

urlpatterns = [
    path("", views.show_home, name="home"),
    path("healthz", views.report_health, name="health"),
    path("metrics", report_metrics, name="metrics"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("appearance/", views.set_appearance, name="appearance"),
    path("password/", views.ChangePassword.as_view(), name="password"),
    path("admin/", admin.site.urls),
    path("api/", include("securecheck.api.urls")),
    path("insights/", include("insights.urls")),
    path("fairness/", include("insights.disparity.urls")),
    path("trust/", include("insights.trust.urls")),
    path("profile/", include("insights.profiles.urls")),
    path("audit/", include("insights.audit.urls")),
    *old_addresses(settings.OLD_CRIME_ADDRESSES),
    path("", include("prediction.urls")),
    path("", include("ledger.urls")),
]

handler400 = "securecheck.views.explain_bad_request"
handler403 = "securecheck.views.explain_refusal"
handler404 = "securecheck.views.explain_missing"
handler500 = "securecheck.views.explain_error"
