"""The demo school: input files for `manage.py import_roster`, and the script that makes them."""
