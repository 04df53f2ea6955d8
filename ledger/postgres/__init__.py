"""Named by settings.DATABASES: Django's PostgreSQL, where a refusal does not cost the plans."""
