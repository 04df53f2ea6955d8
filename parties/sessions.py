"""Django's sessions in the database, found by a statement that stays prepared.

Every request asks for one; the rest is Django's own.
"""

from typing import Final

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session

from parties import round_trips

_FIND: Final = """
SELECT session_key, session_data, expire_date FROM django_session
WHERE session_key = %s AND expire_date > clock_timestamp()
"""


class SessionStore(DatabaseStore):
    """Named by settings.SESSION_ENGINE."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        key, row = str(self.session_key), None
        if key.isalnum():  # as all of ours are; a cookie may hold what no statement takes
            row = round_trips.execute(_FIND, [key]).fetchone()
        if row is None:
            self._session_key = None
            return None
        return Session(*row)
