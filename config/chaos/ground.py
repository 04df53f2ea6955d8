"""What a campaign stands on: a database and a broker of its own, the crew, the school clock."""

from datetime import datetime, timedelta

import redis
from django.db import Error as DatabaseError
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from config import devstack
from config.chaos.crew import Crew
from config.databases import DEFAULT, OWNER
from config.servers import Postgres, Valkey
from parties import clock

#: Seconds that a broker which is there may take to answer.
_BROKER_SECONDS = 1.0


class Ground:
    """`stack` was started by this very process: only the parent may kill and reap."""

    def __init__(self, stack: devstack.Stack, crew: Crew) -> None:
        if stack.postgres is None or stack.valkey is None:
            raise ValueError("a campaign kills its own services only")
        self.crew = crew
        self._postgres: Postgres = stack.postgres
        self._valkey: Valkey = stack.valkey
        self._address = stack.redis_url
        self.database_up = self.broker_up = True

    # --- the broker ----------------------------------------------------------------------------

    def flush_broker(self) -> bool:
        """FLUSHALL; False while the broker is away."""
        if not self.broker_up:
            return False
        client = redis.Redis.from_url(
            self._address, socket_timeout=_BROKER_SECONDS, socket_connect_timeout=_BROKER_SECONDS
        )
        try:
            client.flushall()
        except redis.RedisError:
            return False
        finally:
            client.close()
        return True

    def kill_broker(self) -> None:
        self.broker_up = False
        self._valkey.kill()
        self._valkey.socket_path.unlink(missing_ok=True)

    def start_broker(self) -> None:
        self._valkey.start()
        self.broker_up = True

    def freeze_broker(self) -> None:
        self.broker_up = False
        self._valkey.freeze()

    def thaw_broker(self) -> None:
        self._valkey.thaw()
        self.broker_up = True

    # --- the database --------------------------------------------------------------------------

    def kill_database(self) -> None:
        """As a power cut would: the postmaster and every backend."""
        self.database_up = False
        self._postgres.cut()

    def start_database(self) -> None:
        self._postgres.start()
        self.database_up = True

    # --- the clock -----------------------------------------------------------------------------

    def set_clock(self, at: datetime, *, rate: float) -> None:
        clock.set_drill(self._owner(), anchor=at, rate=rate)

    def pace(self, rate: float) -> None:
        clock.change_rate(self._owner(), rate=rate)

    def jump(self, by: timedelta) -> bool:
        """Move school time; False while the database is away."""
        if not self.database_up:
            return False
        try:
            clock.jump(self._owner(), to=self._now() + by)
        except DatabaseError:
            return False
        return True

    def _now(self) -> datetime:
        connections[DEFAULT].close()  # the database may have been restarted since
        return clock.now()

    def _owner(self) -> BaseDatabaseWrapper:
        connections[OWNER].close()
        return connections[OWNER]
