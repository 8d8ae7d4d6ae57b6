from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """What the ledger adds up to."""

    name = "insights"
    verbose_name = "Insights"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from insights import receivers  # noqa: F401  connects the facts to the ledger's signals
        from insights.audit import store

        store.start()
