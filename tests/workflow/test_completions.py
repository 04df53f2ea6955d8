"""What a finished task means: the right facts on file, in the same transaction or not at all."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from parties import tenancy
from tests.factories import World, people_of
from tests.processes.walker import ANSWERS, FATHER, begin, triaged
from workflow import completions, human_tasks
from workflow.completions import Completion
from workflow.errors import SanfangError
from workflow.models import CaseParty, HumanTask

pytestmark = pytest.mark.django_db


def test_a_task_name_has_one_hook() -> None:
    with pytest.raises(ImproperlyConfigured, match="triage"):
        completions.on_complete("triage")(lambda _: None)


def test_a_hook_hears_the_task_the_person_the_moment_and_the_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Completion] = []
    monkeypatch.setitem(completions._hooks, "protect", heard.append)
    walk = triaged(world)

    walk.do("protect")

    (said,) = heard
    assert (said.task.name, said.by.pk, said.at) == ("protect", world["duty_officer"].pk, walk.at)
    assert said.answer["companion"] == "心理教师"


def test_what_a_hook_refuses_is_not_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Completion) -> None:
        raise RuntimeError

    monkeypatch.setitem(completions._hooks, "protect", refuse)
    walk = triaged(world)

    with pytest.raises(RuntimeError):
        walk.do("protect")

    assert "protect" in walk.open()
    assert walk.kinds().count("task.completed") == 3


def test_a_task_without_a_hook_is_simply_done(world: World) -> None:
    walk = triaged(world)

    assert walk.do("protect").state == HumanTask.State.COMPLETED


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        ("reached", "guardian.reached"),
        ("no_answer", "contact.attempted"),
        ("refused", "contact.attempted"),
    ],
)
def test_every_attempt_to_reach_a_guardian_is_on_file(
    world: World, outcome: str, kind: str
) -> None:
    walk = triaged(world)

    walk.do("call_guardian", outcome=outcome)

    event = walk.events(kind)[-1]
    assert f"person:{world['father'].pk}" in event.refs
    assert walk.payloads(kind)[-1] == {"task": "call_guardian", "outcome": outcome}
    with tenancy.scope(world.id):
        told = CaseParty.objects.filter(case=walk.case_id, part="TOLD")
        reached = people_of(world, set(told.values_list("person_id", flat=True)))
    assert reached == ({"father"} if outcome == "reached" else set())


def test_an_office_that_answers_is_told_nothing_more(world: World) -> None:
    walk = triaged(world, suspects=FATHER, safe_to_tell="no", suspect_kind="guardian")
    walk.do("call_guardian")
    before = len(walk.events("guardian.reached"))

    walk.do("call_community")

    assert len(walk.events("guardian.reached")) == before
    assert walk.payloads("contact.attempted")[-1] == {
        "task": "call_community", "outcome": "reached",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("people", "named"), [([], set()), (["teacher"], {"teacher"}), (["teacher", "mentor"], None)]
)
def test_a_triage_names_whom_the_report_did_not(
    world: World, people: list[str], named: set[str] | None
) -> None:
    walk = begin(world, by="mother")
    walk.acknowledge()
    answer: dict[str, Any] = {"suspect_people": [str(world[who].pk) for who in people]}

    walk.do("triage", **answer)

    with tenancy.scope(world.id):
        parts = CaseParty.objects.filter(case=walk.case_id, part="SUSPECT")
        found = people_of(world, set(parts.values_list("person_id", flat=True)))
    assert found == (set(people) if named is None else named)


def test_the_words_of_an_answer_are_in_no_event(world: World) -> None:
    walk = triaged(world)
    walk.do("call_guardian", outcome="no_answer")
    walk.do("report_decide")

    everything = b"".join(bytes(event.body) for event in walk.events())
    for words in ("两处新伤", "值班民警", "J-1"):
        assert words.encode() not in everything
    assert walk.payloads("mandatory_report.proposed") == [
        {"task": "report_decide", "outcome": "reported"}
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("workers", [2, 4, 8])
def test_of_racing_completions_one_wins_and_the_others_hear_409(world: World, workers: int) -> None:
    walk = begin(world)
    walk.acknowledge()
    task, version = walk.task("triage"), walk.instance.version

    def work(number: int) -> int:
        try:
            human_tasks.complete(
                school_id=world.id,
                task_id=task.pk,
                by=world[("duty_officer", "head_of_office")[number % 2]],
                at=walk.at,
                answer=ANSWERS["triage"],
            )
        except SanfangError as refused:
            return refused.status
        finally:
            connections.close_all()
        return 200

    with ThreadPoolExecutor(max_workers=workers) as pool:
        answers = sorted(pool.map(work, range(workers)))

    assert answers == [200] + [409] * (workers - 1)
    assert walk.instance.version == version + 1
    assert walk.kinds().count("task.completed") == 2  # acknowledge, and this one
    assert walk.open() == {"triage_confirm"}
