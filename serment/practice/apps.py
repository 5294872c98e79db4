from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "serment.practice"
    label = "practice"
    verbose_name = "Cabinet"
