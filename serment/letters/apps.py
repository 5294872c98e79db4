from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "serment.letters"
    label = "letters"
    verbose_name = "Courriers et certificats"

    def ready(self) -> None:
        from serment.journal import actions
        from serment.letters.payloads import Letter
        from serment.record import kinds

        actions.register(
            letter_signed="Courrier ou certificat signé",
            letter_printed="Courrier ou certificat imprimé",
            letter_model="Modèle de courrier modifié",
        )
        kinds.register(kinds.Kind("letter", Letter, "Courrier ou certificat", "Courriers", "mail"))
