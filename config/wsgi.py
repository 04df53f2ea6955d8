"""What gunicorn serves, once the configuration has been found safe."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config import startup  # noqa: E402 - models can be imported from here on
from workflow import nudge  # noqa: E402

startup.refuse_unsafe()
nudge.warm_up()
startup.spare_what_stays()
