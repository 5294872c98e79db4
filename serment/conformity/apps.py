from django.apps import AppConfig


class ConformityConfig(AppConfig):
    name = "serment.conformity"
    label = "conformity"
    verbose_name = "Conformité"

    def ready(self) -> None:
        from serment.access import desk
        from serment.conformity.duties import duties
        from serment.journal import actions

        actions.register(
            conformity_viewed="Page de conformité consultée",
            conformity_attested="Mesure attestée",
            conformity_justified="Écart de conformité justifié",
            conformity_printed="Dossier de conformité édité",
        )
        desk.register(duties)
