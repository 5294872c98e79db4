from django.apps import AppConfig


class PrescribingConfig(AppConfig):
    name = "serment.prescribing"
    label = "prescribing"
    verbose_name = "Ordonnances"

    def ready(self) -> None:
        from serment.journal import actions
        from serment.prescribing import kinds as natures
        from serment.prescribing.payloads import Prescription
        from serment.record import kinds
        from serment.vault import marks

        actions.register(
            prescription_issued="Ordonnance établie",
            prescription_cancelled="Ordonnance annulée",
            prescription_printed="Ordonnance imprimée",
            prescription_reprinted="Duplicata d’ordonnance imprimé",
            prescription_protocol_kept="Protocole d’ordonnance gardé",
            prescription_protocol_forgotten="Protocole d’ordonnance retiré",
            prescription_register_viewed="Registre des ordonnances consulté",
        )
        kinds.register(kinds.Kind("prescription", Prescription, "Ordonnance", "Ordonnances", "pill"))
        marks.register(lambda: natures.kinds())
