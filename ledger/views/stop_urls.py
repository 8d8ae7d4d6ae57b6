"""Addresses of stops, vehicles and the review queue."""

from django.urls import path

from ledger.views import correct, drafts, log, review, stops, vehicles

urlpatterns = [
    path("stops/", stops.list_stops, name="stops"),
    path("stops/new/", log.log_stop, name="log-stop"),
    path("stops/new/draft/", drafts.save_draft, name="save-draft"),
    path("stops/new/hint/", log.hint_at_vehicle, name="vehicle-hint"),
    path("stops/drafts/<uuid:key>/discard/", drafts.discard_draft, name="discard-draft"),
    path("stops/<str:reference>/", stops.show_stop, name="stop"),
    path("stops/<str:reference>/correct/", correct.correct, name="correct-stop"),
    path("hand-over/", log.hand_over, name="hand-over"),
    path("vehicles/", vehicles.look_up_vehicle, name="vehicles"),
    path("review/", review.review_stops, name="review"),
    path("review/accept/", review.accept_stops, name="accept-stops"),
    path("review/<str:reference>/accept/", review.accept_stop, name="accept-stop"),
]
