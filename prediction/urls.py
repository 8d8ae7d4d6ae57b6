"""Addresses of prediction."""

from django.urls import path, re_path

from prediction.views import predict

urlpatterns = [
    path("prediction/", predict.show_prediction, name="prediction"),
    re_path(r"^api/predict_stop/?$", predict.predict_stop, name="predict-stop"),
]
