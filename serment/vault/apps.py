from django.apps import AppConfig
from django.db.models.signals import post_migrate


class VaultConfig(AppConfig):
    name = "serment.vault"
    label = "vault"
    verbose_name = "Coffre"

    def ready(self) -> None:
        from serment.vault import rls

        post_migrate.connect(rls.install_policies, dispatch_uid="vault.rls")
