from django.apps import AppConfig


class PrescribingConfig(AppConfig):
    name = "serment.prescribing"
    label = "prescribing"
    verbose_name = "Ordonnances"

    def ready(self) -> None:
        from serment.journal import actions
        from serment.prescribing import kinds as natures
        from serment.prescribing import printing
        from serment.prescribing.payloads import Prescription
        from serment.record import kinds
        from serment.record.kinds import content
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
        content.register_reader(Prescription, printing.rows)
        marks.register(lambda: natures.kinds())
