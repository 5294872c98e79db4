from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "serment.operations"
    label = "operations"
    verbose_name = "Exploitation"

    def ready(self) -> None:
        from serment.journal import actions

        actions.register(
            operations_viewed="Page d’exploitation consultée",
            operations_backup_asked="Sauvegarde demandée",
            operations_equipment="Registre du matériel modifié",
            operations_intervention_opened="Intervention ouverte",
            operations_intervention_closed="Intervention close",
        )
