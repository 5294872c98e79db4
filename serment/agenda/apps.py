from django.apps import AppConfig


class AgendaConfig(AppConfig):
    name = "serment.agenda"
    label = "agenda"
    verbose_name = "Agenda"
