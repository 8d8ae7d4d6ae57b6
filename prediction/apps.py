from django.apps import AppConfig


class PredictionConfig(AppConfig):
    """What may come, and how right it was."""

    name = "prediction"
    verbose_name = "Prediction"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from prediction import audited, receivers  # noqa: F401

        audited.start()
