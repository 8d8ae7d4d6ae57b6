"""Addresses of prediction."""

from django.urls import path

from prediction.views import (
    crime,
    crime_map,
    drift,
    hotspots,
    jobs,
    patrol,
    predict,
    proxy,
    record,
    rules,
    runs,
    trust,
)

urlpatterns = [
    path("trust/forecast/", trust.show_forecast, name="trust-forecast"),
    path("prediction/", predict.show_prediction, name="prediction"),
    path("prediction/rules/", rules.list_rules, name="prediction-rules"),
    path("prediction/runs/", runs.list_runs, name="prediction-runs"),
    path("prediction/runs/<uuid:key>/", runs.show_run, name="prediction-run"),
    path("prediction/runs/<uuid:key>/sign/", runs.sign_run, name="sign-run"),
    path("prediction/runs/<uuid:key>/back/", runs.roll_back, name="roll-back-run"),
    path("prediction/runs/<uuid:key>/off/", runs.switch_off, name="switch-off-run"),
    path("prediction/train/", runs.train, name="prediction-train"),
    path("prediction/proxy/", proxy.show_audit, name="proxy-audit"),
    path("prediction/proxy/apply/", proxy.apply_to_table, name="apply-proxy"),
    path("prediction/drift/", drift.show_drift, name="prediction-drift"),
    path("prediction/drift/look/", drift.look_for_drift, name="look-for-drift"),
    path("prediction/drift/<uuid:key>/note/", drift.note_drift, name="note-drift"),
    path("prediction/drift/<uuid:key>.html", drift.download_drift, name="download-drift"),
    path("patrol/", patrol.show_patrol, name="patrol"),
    path("patrol/new/", patrol.plan_patrol, name="plan-patrol"),
    path("patrol/policy/", patrol.show_policy, name="patrol-policy"),
    path("patrol/policy/new/", patrol.edit_policy, name="edit-patrol-policy"),
    path("patrol/<uuid:key>/", patrol.show_plan, name="patrol-plan"),
    path("patrol/<uuid:key>/verdict/", patrol.judge_plan, name="judge-patrol"),
    path("crime/hotspots/", hotspots.show_hotspots, name="crime-hotspots"),
    path("crime/hotspots/look/", hotspots.look_for_hotspots, name="look-for-hotspots"),
    path("crime/map/", crime_map.show_map, name="crime-map"),
    path("crime/", crime.show_hours, name="crime"),
    path("prediction/crime/record/", record.show_record, name="crime-record"),
    path("prediction/jobs/<uuid:key>/", jobs.show_job, name="prediction-job"),
    path("prediction/jobs/<uuid:key>/progress/", jobs.report_job, name="prediction-job-progress"),
]
