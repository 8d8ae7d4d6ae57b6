from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SecureCheckConfig(AppConfig):
    """The house: settings, addresses, roles, the front page."""

    name = "securecheck"
    verbose_name = "SecureCheck"

    def ready(self) -> None:
        from securecheck import sign_in  # noqa: F401  connects the audit trail to signing in
        from securecheck.roles import seed_roles
        from securecheck.seeds import seed_code_lists

        post_migrate.connect(seed_code_lists, sender=self)
        post_migrate.connect(seed_roles, sender=self)
