"""One-time links: looked at as often as one likes, spent once, and by whoever came first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections

from ledger.models import Event
from parties import links, sign_in, tenancy
from parties.errors import NotSignedIn
from parties.models import Person, SignInLink
from parties.sign_in import Means
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 6


def issue(world: World, who: str = "mother", **options: object) -> SignInLink:
    with tenancy.scope(world.id):
        return links.issue(person=world[who], **options)  # type: ignore[arg-type]


def state(world: World, link: SignInLink) -> str:
    with tenancy.scope(world.id):
        return str(SignInLink.objects.get(pk=link.pk).state)


def opens(token: str) -> bool:
    try:
        links.spend(token)
    except NotSignedIn:
        return False
    return True


def test_a_link_opens_once(world: World) -> None:
    token = links.token_of(issue(world).pk)

    assert [opens(token), opens(token)] == [True, False]


def test_of_many_who_try_at_once_exactly_one_comes_in(world: World) -> None:
    token, together = links.token_of(issue(world).pk), Barrier(AT_ONCE)

    def one(_: int) -> bool:
        together.wait()
        try:
            return opens(token)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sorted(pool.map(one, range(AT_ONCE))) == [False] * (AT_ONCE - 1) + [True]
    with tenancy.scope(world.id):
        assert Event.objects.filter(kind="link.spent").count() == 1


def test_a_newer_link_ends_the_older_of_the_same_person_and_purpose(world: World) -> None:
    case = uuid4()
    older, other_person = issue(world), issue(world, "father")
    other_errand = issue(world, purpose=SignInLink.Purpose.READ_CASE, case_id=case)

    newer = issue(world)

    states = [state(world, one) for one in (older, other_person, other_errand, newer)]
    assert states == ["REVOKED", "ISSUED", "ISSUED", "ISSUED"]
    assert not opens(links.token_of(older.pk))


def test_a_link_ends_after_ten_minutes_of_machine_time(world: World) -> None:
    link = issue(world)
    assert link.expires_at - link.created_at == timedelta(minutes=10)

    late = issue(world, lifetime=timedelta(seconds=-1))

    assert not opens(links.token_of(late.pk))
    assert state(world, late) == "ISSUED"


TOKENS: list[Callable[[str], str]] = [
    lambda _: "",
    lambda token: token[:-1],
    lambda token: f"{token}=",
    lambda token: token.swapcase(),
    lambda token: f"链{token[1:]}",
    lambda token: "\x00" * len(token),
    lambda _: links.token_of(uuid4()),
]


@pytest.mark.parametrize("forged", TOKENS)
def test_what_is_not_the_token_opens_nothing_and_spends_nothing(
    world: World, forged: Callable[[str], str]
) -> None:
    link = issue(world)

    assert not opens(forged(links.token_of(link.pk)))
    assert state(world, link) == "ISSUED"


def test_the_database_alone_opens_no_door(world: World) -> None:
    link = issue(world)
    token = links.token_of(link.pk)
    with tenancy.scope(world.id), connection.cursor() as cursor:
        cursor.execute("SELECT l::text FROM parties_signinlink l")
        (row,) = cursor.fetchone() or ("",)

    assert token not in row
    assert token.encode().hex() not in row
    assert not opens(bytes(link.token_hash).hex()[:43])


def test_a_session_from_a_link_is_short_and_of_a_new_id(world: World) -> None:
    session = SessionStore()
    session["planted"] = "by somebody else"
    session.create()
    planted = session.session_key

    sign_in.by_link(session, token=links.token_of(issue(world).pk))
    session.save()

    assert session.session_key != planted
    assert "planted" not in session
    assert session.get_expiry_age() <= sign_in.LINK_SESSION_SECONDS
    identity = sign_in.identify(session)
    assert identity is not None
    assert (identity.person, identity.means) == (world["mother"], Means.LINK)
    assert not identity.is_bound


def test_a_link_for_one_case_stays_bound_to_it(world: World) -> None:
    case, session = uuid4(), SessionStore()
    link = issue(world, purpose=SignInLink.Purpose.ACKNOWLEDGE, case_id=case)

    sign_in.by_link(session, token=links.token_of(link.pk))

    identity = sign_in.identify(session)
    assert identity is not None
    assert (identity.is_bound, identity.case_id) == (True, case)


def test_a_session_of_somebody_who_is_gone_opens_nothing(world: World) -> None:
    session = SessionStore()
    with tenancy.scope(world.id):
        gone = world.add("gone")
    sign_in.by_link(session, token=links.token_of(issue(world, "gone").pk))
    with tenancy.scope(world.id):
        SignInLink.objects.filter(person=gone).delete()
        Person.objects.filter(pk=gone.pk).delete()

    assert sign_in.identify(session) is None
