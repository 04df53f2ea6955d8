"""Times were offered, and then the case becomes a crisis that some at home may not know of: what
follows an answer to them is, message for message and line for line, what follows in a calm world.
"""

from datetime import timedelta
from typing import Any

import pytest

from parties import clock, tenancy
from parties.access import Viewer
from parties.models import Restriction
from records.models import MeetingSlot
from tests.api.callers import member
from tests.api.meeting_stories import on_offer
from tests.factories import World
from tests.kept_worlds import Worlds
from tests.privacy.test_meetings import begun_again
from tests.privacy.test_two_worlds import deliver, phone
from tests.processes.meeting_walk import MeetingWalk
from tests.processes.walker import FATHER, Walk
from workflow import rerouting, stabilising, timeline
from workflow.closing import UPWARD
from workflow.models import Case, Notification
from workflow.reports import Suspect
from workflow.upgrading import UpgradeInput

pytestmark = pytest.mark.django_db(transaction=True)

#: Whoever may be told is asked to ring back, without a word of why (domain C6).
CALL = "crisis.guardian_call"
AT_HOME = {"father", "mother", "student"}


def offered(world: World) -> MeetingWalk:
    walk = on_offer(world, ago=timedelta(days=1))
    deliver()
    return walk


def hide(walk: MeetingWalk, safe: str = "", suspects: tuple[Suspect, ...] = FATHER) -> Walk:
    """A crisis that names the father; triaged where `safe` says what was found."""
    rerouting.upgrade(
        school_id=walk.world.id, case_id=walk.case_id, by=walk.world["teacher"], at=clock.now(),
        upgrade=UpgradeInput(to="CRISIS", reason="手臂有新伤", suspects=suspects),
    )  # fmt: skip
    crisis = Walk(walk.world, walk.case_id, clock.now())
    if safe:
        crisis.acknowledge()
        kind = "guardian" if suspects else "unknown"
        crisis.triage(suspect_kind=kind, safe_to_tell=safe)
    return crisis


def seen(walk: MeetingWalk, who: str, meeting: object) -> dict[str, Any]:
    """What somebody at home finds of their meeting, and everything that was sent to them."""
    deliver()
    reader = member(walk.world, who)
    lines = reader.get(f"/students/{walk.world.student.pk}/file").json()["results"]
    inbox = reader.get("/inbox").json()["results"]
    return {
        "case": reader.get(f"/cases/{walk.case_id}").json()["state"],
        "meeting": reader.get(f"/meetings/{meeting}").json()["state"],
        "file": sorted((one["kind"], one.get("state") or "") for one in lines),
        "inbox": sorted(
            (one["template"], one.get("case") is None) for one in inbox if one["template"] != CALL
        ),
        "phone": [one for one in phone(walk.world, who) if one[1] != CALL],
    }


#: Who answers what, in turn.
ACTS = {
    "a time and another": [("choose", "{who}"), ("change", "{who}")],
    "another time at once": [("change", "{who}")],
    "no": [("decline", "{who}"), ("decline", "{other}")],
}
OTHER = {"father": "mother", "mother": "father"}


def answered(walk: MeetingWalk, who: str, acts: list[tuple[str, str]]) -> list[Any]:
    """What they all see after each of the answers."""
    return answered_of(walk, walk.meeting.pk, who, acts)


def answered_of(
    walk: MeetingWalk, meeting: Any, who: str, acts: list[tuple[str, str]]
) -> list[Any]:
    with tenancy.scope(walk.world.id):
        slots = MeetingSlot.objects.filter(meeting=meeting).order_by("starts_at", "pk")
        slot = slots.values_list("pk", flat=True)[1]
    found: list[Any] = []
    bodies: dict[str, Any] = {"choose": {"slot": str(slot)}, "change": {"words": "下周"}}
    for verb, whose in acts:
        by = whose.format(who=who, other=OTHER[who])
        answer = member(walk.world, by).post(f"/meetings/{meeting}/{verb}", bodies.get(verb, {}))
        found.append((by, verb, answer.status_code))
        found += [(one, seen(walk, one, meeting)) for one in (who, "student")]
    return found


@pytest.mark.parametrize("acts", sorted(ACTS))
@pytest.mark.parametrize(
    ("who", "safe"), [("father", ""), ("father", "no"), ("father", "yes"), ("mother", "")]
)
def test_what_follows_an_answer_is_what_follows_in_a_calm_world(
    world: World, worlds: Worlds, who: str, safe: str, acts: str
) -> None:
    calm, hidden = offered(world), offered(worlds.one_more())
    hide(hidden, safe)

    assert answered(hidden, who, ACTS[acts]) == answered(calm, who, ACTS[acts])


def test_nobody_else_is_invited_and_the_team_reads_that_it_will_not_take_place(
    world: World,
) -> None:
    walk = offered(world)
    hide(walk)
    walk.at = clock.now()
    walk.choose(1, by="father")
    walk.choose(1, by="mother")

    assert walk.told("meeting.invitation") == AT_HOME
    assert walk.events("meeting.stands_still") == [{"said": "meeting_slot_chosen", "told": 3}]
    with tenancy.scope(world.id):
        team = Viewer.load(world["duty_officer"], at=clock.now())
        lines = timeline.entries(team, team.get(Case, walk.case_id), limit=500)
        assert "meeting.stands_still" in {line.kind for line in lines}
    for who in AT_HOME:
        answer = member(world, who).get(f"/cases/{walk.case_id}/timeline")
        assert b"meeting.stands_still" not in answer.content, who


def test_messages_of_a_hidden_crisis_never_ring_in_its_lane(world: World) -> None:
    walk = offered(world)
    hide(walk)
    walk.at = clock.now()
    walk.choose(1, by="father")

    with tenancy.scope(world.id):
        lanes = Notification.objects.filter(template="meeting.invitation").values_list("lane")
        assert set(lanes) == {("routine",)}


def test_a_mother_who_knows_of_the_crisis_is_not_invited_by_his_answer(world: World) -> None:
    walk = offered(world)
    hide(walk, "yes")
    walk.at = clock.now()
    walk.choose(1, by="father")

    assert walk.told("meeting.invitation") == {"father", "student"}


def test_an_order_from_elsewhere_still_keeps_the_message_back(world: World) -> None:
    walk = offered(world)
    hide(walk)
    walk.at = clock.now()
    walk.choose(1, by="father")
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["father"], kind="NO_CONTACT",
            starts_at=clock.now() - timedelta(seconds=1),
        )  # fmt: skip
    deliver()

    states = {state for _, name, state in phone(world, "father") if name == "meeting.invitation"}
    assert states == {"UNDELIVERABLE"}
    assert ("in_app", "meeting.invitation", "SENT") in phone(world, "mother")


def first_offer(walk: MeetingWalk) -> tuple[Any, Any]:
    """The meeting that he knows, and one of its times."""
    with tenancy.scope(walk.world.id):
        slot = MeetingSlot.objects.order_by("starts_at").first()
        assert slot is not None
        return slot.meeting_id, slot.pk


def test_his_choice_among_times_set_aside_moves_his_face_and_nothing_else(
    world: World, worlds: Worlds
) -> None:
    """Two people took the crisis down; the school has begun a new meeting, without him."""
    calm, hidden = offered(world), offered(worlds.one_more())
    crisis = hide(hidden)
    crisis.acknowledge()
    begun_again(crisis)
    again = MeetingWalk(hidden.world, hidden.case_id, crisis.at + timedelta(hours=1))
    waiting, state = again.open(), again.case.state

    for verb in ("choose", "change"):
        found = []
        for walk in (calm, hidden):
            meeting, slot = first_offer(walk)
            body = {"slot": str(slot)} if verb == "choose" else {"words": "下周"}
            answer = member(walk.world, "father").post(f"/meetings/{meeting}/{verb}", body)
            assert answer.status_code == 200
            found.append(seen(walk, "father", meeting))
        assert found[0] == found[1]

    assert (again.open(), again.case.state) == (waiting, state)
    assert hidden.told("meeting.invitation") == {"father"}


def taken_down(crisis: Walk) -> None:
    """Telling was never safe; two people make a meeting of it, and its process begins anew."""
    crisis.wait(minutes=5)
    crisis.do_all("report_decide", "report_confirm", *UPWARD)
    crisis.acknowledge()
    common: dict[str, Any] = {
        "school_id": crisis.world.id, "case_id": crisis.case_id, "at": crisis.at,
    }  # fmt: skip
    made = stabilising.propose(**common, by=crisis.world["counsellor"], to="MEETING", reason="平稳")
    stabilising.confirm(**common, by=crisis.world["duty_officer"], proposal_id=made.pk)
    MeetingWalk(crisis.world, crisis.case_id, crisis.at).wait(minutes=5)


@pytest.mark.parametrize("suspects", [FATHER, ()], ids=["father", "nobody"])
def test_a_crisis_taken_down_untold_leaves_every_face_at_home(
    world: World, worlds: Worlds, suspects: tuple[Suspect, ...]
) -> None:
    calm, hidden = offered(world), offered(worlds.one_more())
    taken_down(hide(hidden, "no", suspects))

    assert CALL not in {name for _, name, _ in phone(hidden.world, "father")}
    for who in sorted(AT_HOME):
        found = [seen(walk, who, first_offer(walk)[0]) for walk in (hidden, calm)]
        assert found[0] == found[1], who


@pytest.mark.parametrize("acts", sorted(ACTS))
@pytest.mark.parametrize("who", ["father", "mother"])
def test_what_follows_an_answer_after_it_was_taken_down_untold(
    world: World, worlds: Worlds, who: str, acts: str
) -> None:
    calm, hidden = offered(world), offered(worlds.one_more())
    known = {walk.world.id: first_offer(walk)[0] for walk in (calm, hidden)}
    taken_down(hide(hidden, "no"))

    found = [answered_of(walk, known[walk.world.id], who, ACTS[acts]) for walk in (hidden, calm)]

    assert found[0] == found[1]


def test_a_meeting_set_aside_ends_with_the_last_no_of_those_who_know_it(world: World) -> None:
    """To her it is off, so his answer is the last: it must not stand open for ever."""
    walk = offered(world)
    crisis = hide(walk)
    crisis.acknowledge()
    begun_again(crisis)
    meeting, _ = first_offer(walk)
    father = member(world, "father")

    assert father.post(f"/meetings/{meeting}/decline", {}).status_code == 200

    assert father.get(f"/meetings/{meeting}").json()["state"] == "NOT_MET"
    teacher = member(world, "teacher").get(f"/meetings/{meeting}").json()
    assert teacher["state"] == "CANCELLED"
