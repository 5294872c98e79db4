"""The WSGI entry that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serment.config.settings")
application = get_wsgi_application()

# What was loaded to start is never garbage: the collector need not walk it at each of its rounds.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
