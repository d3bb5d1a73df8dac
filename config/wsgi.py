"""The WSGI application that gunicorn serves with threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

application = get_wsgi_application()

from config import start  # noqa: E402  after Django is set up

start.refuse_unless_safe()
