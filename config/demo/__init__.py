"""The demo: a believable school, the real processes, and a story told over real HTTP.

    manage.py demo --> front (services, migrations) --> stage (school, clock) --> a scenario

The stage runs in a process of its own, whose environment names the services as on a server. It
acts over HTTP like anybody else, reads the database to narrate, and checks promises at the end.
"""
