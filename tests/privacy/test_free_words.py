"""Words about money or health in a score or a reply about a time are for who may read them."""

import secrets
from collections.abc import Callable
from uuid import UUID

import pytest

from parties import clock, tenancy
from parties.access import Viewer
from records import free_words
from records.meetings import answers
from records.models import Evaluation, Meeting, MeetingAttempt, MeetingReply
from tests.api import plan_stories
from tests.api.callers import Caller, member
from tests.api.meeting_stories import on_offer
from tests.factories import NOW, World
from tests.portal.visitors import by_password
from tests.processes.meeting_walk import MeetingWalk
from tests.records.meeting_days import offered

pytestmark = pytest.mark.django_db

BOTH = "他爸失业了，家里交不起房租，妈妈有抑郁症"
MONEY, ILL, PLAIN = "家里交不起房租", "孩子有癫痫病史", "周末可以"
ASK = "不在这里显示，需要时请向本人了解"
ECO, HLT = f"（家庭经济与资助：{ASK}）", f"（健康与病史：{ASK}）"
TWO = f"（健康与病史、家庭经济与资助：{ASK}）"
#: An answer about a time, clause by clause: the school plans by what is left.
BY_CLAUSE = f"{ECO}，{ECO}，{HLT}"
STAFF = ("teacher", "grade_leader", "duty_officer")

#: What each reads of a mother's words: the matrix of parties.privacy, and no guardian the other's.
OF_THE_MOTHER = {
    MONEY: {"mother": MONEY, "father": ECO, "student": ECO, "teacher": ECO, "duty_officer": ECO,
            "grade_leader": "", "vice_principal": ""},
    ILL: {"mother": ILL, "father": HLT, "student": ILL, "teacher": HLT, "duty_officer": HLT,
          "grade_leader": "", "vice_principal": ""},
    BOTH: {"mother": BOTH, "father": TWO, "student": ECO, "teacher": TWO, "duty_officer": TWO,
           "grade_leader": "", "vice_principal": ""},
    PLAIN: dict.fromkeys(("mother", "father", "student", *STAFF, "vice_principal"), PLAIN),
}  # fmt: skip


def scores(caller: Caller, case: UUID, side: str) -> list[tuple[str, str]]:
    rows = caller.get(f"/cases/{case}/evaluations").json()["results"]
    return [(one["words"], one["baseline_now"]) for one in rows if one["side"] == side]


def scored(world: World, by: str, words: str) -> UUID:
    """Every side has spoken; `by` with these words."""
    case = plan_stories.item(world).case_id
    for who in ("teacher", "mother", "student"):
        said = {"words": words, "baseline_now": words} if who == by else {}
        given = member(world, who).post(f"/cases/{case}/evaluations", {"score": 0, **said})
        assert given.status_code == 201, given.content.decode()
        if said:
            assert (given.json()["words"], given.json()["baseline_now"]) == (words, words)
    return case


@pytest.mark.parametrize("words", OF_THE_MOTHER)
def test_each_reader_gets_the_words_of_a_mothers_score_or_what_they_are_about(
    world: World, words: str
) -> None:
    case = scored(world, "mother", words)

    for who, reads in OF_THE_MOTHER[words].items():
        assert scores(member(world, who), case, "FAMILY") == [(reads, reads)], who


@pytest.mark.parametrize(("by", "side"), [("student", "STUDENT"), ("teacher", "SCHOOL")])
def test_guardians_read_what_child_and_school_say_of_money(
    world: World, by: str, side: str
) -> None:
    case = scored(world, by, MONEY)

    for who in ("mother", "father", by):
        assert scores(member(world, who), case, side) == [(MONEY, MONEY)], who
    for who in {"student", "teacher"} - {by}:
        assert scores(member(world, who), case, side) == [(ECO, ECO)], who
    assert scores(member(world, "grade_leader"), case, side) == [("", "")]


def test_a_policy_gives_the_field_to_its_readers_alone(world: World) -> None:
    case = scored(world, "mother", MONEY)

    with tenancy.scope(world.id):
        for who, opens in {"mother": True, "teacher": False, "father": False}.items():
            viewer = Viewer.load(world[who], at=NOW)
            row = Evaluation.objects.select_related("student").get(case_id=case, side="FAMILY")
            fields = viewer.fields(row)
            assert ({"words", "baseline_now"} <= fields) == opens, who
            assert ({"words", "baseline_now"} & fields == set()) != opens, who
            assert "score" in fields, who


def reply_of(world: World, words: str, *, typed_by: str = "") -> MeetingReply:
    """The mother's wish for another time; over the phone if somebody typed it in."""
    meeting, _ = offered(world)
    typist = world[typed_by] if typed_by else None
    with tenancy.scope(world.id):
        answers.ask_change(
            meeting_id=meeting.pk, by=world["mother"], words=words, at=NOW, entered_by=typist
        )
        return MeetingReply.objects.select_related("student").get(kind="CHANGE")


def of_a_reply(words: str, who: str) -> str:
    read = OF_THE_MOTHER[words][who]
    return BY_CLAUSE if read == TWO and who in STAFF else read


@pytest.mark.parametrize(
    ("words", "reads"),
    [
        ("孩子爸爸住院，我周三走不开，周四可以", f"{HLT}，我周三走不开，周四可以"),
        ("周四可以。最近交不起房租；能不能线上谈？", f"周四可以。{ECO}；能不能线上谈？"),
    ],
)
def test_the_school_reads_the_times_beside_what_it_may_not_read(
    world: World, words: str, reads: str
) -> None:
    row = reply_of(world, words)

    with tenancy.scope(world.id):
        for who, seen in {"teacher": reads, "duty_officer": reads, "grade_leader": ""}.items():
            assert free_words.cut(Viewer.load(world[who], at=NOW), row).words == seen, who


@pytest.mark.parametrize("words", [MONEY, ILL, BOTH, PLAIN])
def test_each_reader_gets_an_answer_about_a_time_by_its_class(world: World, words: str) -> None:
    row = reply_of(world, words)

    with tenancy.scope(world.id):
        for who in ("mother", *STAFF):
            shown = free_words.cut(Viewer.load(world[who], at=NOW), row).words
            assert shown == of_a_reply(words, who), who
        assert MeetingReply.objects.get(pk=row.pk).words == words


def test_who_typed_an_answer_in_reads_it(world: World) -> None:
    row = reply_of(world, MONEY, typed_by="teacher")

    with tenancy.scope(world.id):
        for who, reads in {"teacher": MONEY, "mother": MONEY, "duty_officer": ECO}.items():
            assert free_words.cut(Viewer.load(world[who], at=NOW), row).words == reads, who


def test_api_and_page_of_a_meeting_show_the_class(world: World) -> None:
    walk = on_offer(world)
    asked = member(world, "mother").post(f"/meetings/{walk.meeting.pk}/change", {"words": BOTH})
    assert asked.status_code == 200, asked.content.decode()

    for who in STAFF:
        body = member(world, who).get(f"/cases/{walk.case_id}/meeting").json()
        assert [one["words"] for one in body["replies"]] == [of_a_reply(BOTH, who)], who
    page = by_password(world, "teacher")
    page.open(f"/meetings/{walk.meeting.pk}")
    assert BY_CLAUSE in page.text


def test_what_a_student_said_before_a_meeting_is_shown_by_its_class(world: World) -> None:
    walk = on_offer(world, student_words=MONEY)
    meeting = walk.meeting.pk

    for who, reads in {"teacher": MONEY, "duty_officer": ECO, "grade_leader": ""}.items():
        body = member(world, who).get(f"/cases/{walk.case_id}/meeting").json()
        assert body["student_words"] == reads, who
        with tenancy.scope(world.id):
            viewer = Viewer.load(world[who], at=clock.now())
            fields = viewer.fields(viewer.get(Meeting, meeting))
        assert ("student_words" in fields) == (reads == MONEY), who


def test_what_a_call_brought_is_shown_by_its_class(world: World) -> None:
    walk = on_offer(world)
    meeting = walk.meeting.pk
    tried = {
        "person": str(world["mother"].pk), "channel": "PHONE", "outcome": "OTHER_TIME",
        "tried_at": clock.now().isoformat(), "note": ILL, "place": "县医院",
    }  # fmt: skip
    made = member(world, "teacher").post(f"/cases/{walk.case_id}/meeting/attempts", tried)
    assert made.status_code == 200, made.content.decode()

    for who, reads in {"teacher": ILL, "duty_officer": HLT, "grade_leader": ""}.items():
        body = member(world, who).get(f"/cases/{walk.case_id}/meeting").json()
        assert [one["note"] for one in body["attempts"]] == [reads], who
        with tenancy.scope(world.id):
            viewer = Viewer.load(world[who], at=clock.now())
            (row,) = viewer.rows(MeetingAttempt).filter(meeting=meeting)
            assert ("note" in viewer.fields(row)) == (reads == ILL), who


def places(world: World, walk: MeetingWalk) -> list[str]:
    case, meeting, student = walk.case_id, walk.meeting.pk, world.student.pk
    api = (
        f"/cases/{case}", f"/cases/{case}/evaluations", f"/cases/{case}/meeting",
        f"/cases/{case}/timeline", f"/meetings/{meeting}", f"/students/{student}/plan",
        f"/students/{student}/file", "/tasks", "/inbox",
        f"/students/{student}/file/export?format=json&purpose=review",
    )  # fmt: skip
    pages = (
        "/", "/plan", "/plan/desk", f"/cases/{case}", f"/cases/{case}/plan",
        f"/meetings/{meeting}", f"/meetings/{meeting}/move", f"/students/{student}/file",
    )  # fmt: skip
    return [*(f"/api/v1{one}" for one in api), *pages]


def found(caller: Caller, addresses: list[str], word: str) -> list[str]:
    client = caller.client
    return [one for one in addresses if word.encode() in client.get(one, follow=True).content]


def test_a_word_beside_money_is_found_nowhere_by_who_may_not_read_it(world: World) -> None:
    canary: Callable[[], str] = lambda: f"zx{secrets.token_hex(7)}"  # noqa: E731
    score, change = canary(), canary()
    walk = on_offer(world)
    mother, case = member(world, "mother"), walk.case_id
    plan_stories.item(world, case)
    said = {"words": f"{MONEY}{score}", "baseline_now": f"{ILL}{score}"}
    for caller, more in ((member(world, "teacher"), {}), (mother, said)):
        given = caller.post(f"/cases/{case}/evaluations", {"score": 0, **more})
        assert given.status_code == 201, given.content.decode()
    asked = mother.post(f"/meetings/{walk.meeting.pk}/change", {"words": f"{BOTH}{change}"})
    assert asked.status_code == 200
    addresses = places(world, walk)

    own = [f"/api/v1/cases/{case}/evaluations", "/plan", f"/cases/{case}"]
    assert found(mother, addresses, score) == own
    for who in ("father", "student", *STAFF, "vice_principal", "deputy", "mentor", "auditor"):
        reader = member(world, who)
        assert found(reader, addresses, score) == [], who
        assert found(reader, addresses, change) == [], who
