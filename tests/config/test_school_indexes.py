"""No index is on the school alone: it would cost every write, and mislead plans of young tables."""

import pytest
from django.db import connection

LONE = """
SELECT t.relname FROM pg_index i
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
WHERE t.relnamespace = 'public'::regnamespace AND a.attname = 'school_id' AND i.indnatts = 1
    AND i.indpred IS NULL AND NOT i.indisunique
ORDER BY t.relname
"""


@pytest.mark.django_db
def test_no_index_is_on_the_school_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(LONE)
        assert [name for (name,) in cursor.fetchall()] == []
