"""How fast it is, measured against a floor in the same run: `manage.py bench`."""
