"""Starts anew from what a dead process left, and says what became of it.

A process of its own with a session of its own. What it does is rolled back at its end, so that the
same wreck can be looked at again; only the provider's log and the answer leave it.
"""

import multiprocessing
import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction

from parties.errors import SanfangError
from tests.crash import invariants, sessions
from tests.crash.calls import Seam
from tests.crash.picture import Camera, Row
from tests.crash.rest import NoRest, settle


@dataclass
class Outcome:
    """What there was when everything had come to rest."""

    picture: Counter[Row] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Scene:
    """What a restart needs to know: the school, its camera, and the ids that were there before."""

    school_id: int
    camera: Camera
    known: frozenset[str]
    seam: Seam


def look(scene: Scene, before: invariants.Other) -> Outcome:
    """The picture at rest, and every invariant that it breaks."""
    picture = scene.camera.take()
    found = invariants.broken(picture, scene.seam.provider)
    found += before.broken()
    return Outcome(picture.words(scene.known), found)


class Restarts:
    """One child, forked before the act, so that it can repeat the request as its client would."""

    def __init__(self, scene: Scene, act: Callable[[], object], other: invariants.Other) -> None:
        self._scene, self._act, self._other = scene, act, other
        self._ours, theirs = multiprocessing.Pipe()
        self._pid = os.fork()
        if self._pid == 0:
            self._ours.close()
            self._serve(theirs)
        theirs.close()

    def ask(self, *, repeat: bool) -> Outcome:
        """Restart, let the client repeat its request or not, come to rest, look."""
        self._ours.send((repeat, self._scene.seam.provider))
        answer: Outcome = self._ours.recv()
        return answer

    def end(self) -> None:
        self._ours.close()
        os.waitpid(self._pid, 0)

    def _serve(self, theirs: Connection) -> None:
        try:
            sessions.renew()
            while True:
                repeat, sent = theirs.recv()
                theirs.send(self._answer(repeat, sent))
        except EOFError:
            os._exit(0)
        except BaseException:  # noqa: BLE001 -- a child that must never run on into the test
            traceback.print_exc()
            os._exit(1)

    def _answer(self, repeat: bool, sent: Sequence[str]) -> Outcome:
        self._scene.seam.around = lambda _kind, perform: perform()
        self._scene.seam.provider[:] = sent
        with _rolled_back():
            try:
                if repeat:
                    self._repeat()
                settle(self._scene.school_id, via="restart")
            except NoRest as never:
                return Outcome(violations=[str(never)])
            _check_deferred()
            return look(self._scene, self._other)

    def _repeat(self) -> None:
        """As a client does that got no answer; being told that it is done already is fine."""
        with suppress(SanfangError, ObjectDoesNotExist):
            self._act()


def _check_deferred() -> None:
    """What Postgres would check at the commit that never comes."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@contextmanager
def _rolled_back() -> Iterator[None]:
    around: Any = transaction.atomic()
    around._from_testcase = True  # the product's scopes are durable; here they are savepoints
    with around:
        try:
            yield
        finally:
            transaction.set_rollback(True)
