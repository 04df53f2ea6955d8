"""The inner process: school, processes, story, review. Started by config.demo.front alone.

Its environment names the services, so Django is set up as on a server. Exit status 0 or 1 means
that the result was told and written; anything else, that this process itself failed.
"""

import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from config.demo import player

    sys.exit(player.main(sys.argv[1:]))
