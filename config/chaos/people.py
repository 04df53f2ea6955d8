"""What each person does all day. A life is a function of the stage and its own dice."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from config.chaos.clients import Client
from config.chaos.stage import Board, Stage

#: So many matters does one mother raise in one round; nobody decides about them, which is late too.
_MOST_RAISED: Final = 6
#: Reports about somebody unknown, whom nobody takes over before the next round.
_MOST_UNKNOWN: Final = 2
#: What the school owes the office above.
_UPWARD: Final = ("oral_report", "first_report", "written_report")
#: How each task of a diagram is answered here. Nobody disagrees: that would never end.
TASKS: Final[Mapping[str, Mapping[str, str]]] = {
    "triage": {
        "type": "self_harm",
        "colour": "blue",
        "safe_to_tell": "no",
        "suspect_kind": "none",
        "at_company": "no",
        "serious": "no",
        "reason": "演练",
    },
    "triage_confirm": {"agree": "yes", "safe_to_tell": "no"},
    "report_decide": {"outcome": "not_required", "reason": "演练"},
    "report_confirm": {"agree": "yes"},
    "choose_channel": {"channel": "meeting", "reason": "演练"},
    "zero_report": {"changed": "no"},
    "wake_call": {"outcome": "reached"},
    **{name: {"outcome": "not_required", "receipt_no": "演练"} for name in _UPWARD},
}


NOTICE: Final[Mapping[str, str]] = {
    "title": "家长会通知",
    "body": "各位家长：下周五下午两点召开家长会，请准时参加。",
    "scope": "CLASS",
    "strength": "CONFIRM",
}


def reporter(stage: Stage, seed: str) -> None:
    """The homeroom teacher reports one crisis after the other."""
    dice, client = random.Random(seed), stage.enter("teacher")  # noqa: S311
    while not stage.stop.is_set():
        began = time.monotonic()
        if not stage.board.full:
            _report(stage, client, dice)
        stage.rest(dice, 0.3, 2.5, took=time.monotonic() - began)


def _report(stage: Stage, client: Client, dice: random.Random) -> None:
    canary = f"canary{uuid4().hex}"
    unknown = stage.board.unknown < _MOST_UNKNOWN and dice.random() < 0.05  # noqa: PLR2004
    stage.board.unknown += unknown
    whom = {"who": "一名学生"} if unknown else {"student": dice.choice(stage.cast["students"])}
    body = {**whom, "observed": f"演练 {canary}", "safe_now": dice.choice(["YES", "NO", "UNKNOWN"])}
    if dice.random() < 0.3:  # noqa: PLR2004
        body["suspects"] = [{"relation": "FATHER"}]
    answer = client.act("crisis", "crises", body, canary=canary)
    if "case" in answer.body:
        ripe = time.monotonic() + dice.choice([0.2, 1.0, 4.0, 30.0, 45.0])
        with stage.board.lock:
            stage.board.waiting.append((ripe, answer.body["case"]))


def raiser(stage: Stage, seed: str) -> None:
    """The mother raises matters that are no emergency."""
    dice, client = random.Random(seed), stage.enter("mother")  # noqa: S311
    for _ in range(_MOST_RAISED):
        if stage.stop.is_set():
            return
        canary, began = f"canary{uuid4().hex}", time.monotonic()
        body = {
            "student": dice.choice(stage.cast["students"]),
            "trigger": "academic",
            "words": f"演练 {canary}",
            "danger": "no",
        }
        client.act("matter", "matters", body, canary=canary)
        stage.rest(dice, 2.0, 6.0, took=time.monotonic() - began)
    stage.stop.wait()


def writer(stage: Stage, seed: str) -> None:
    """The grade leader writes to the class: a draft, and then its submission."""
    dice, client = random.Random(seed), stage.enter("grade_leader")  # noqa: S311
    while not stage.stop.is_set():
        began = time.monotonic()
        made = client.act("notice", "notices", {**NOTICE, "school_class": stage.cast["class_id"]})
        if made.good:
            client.act("submit", f"notices/{made.body['id']}/submit", {}, notice=made.body["id"])
        stage.rest(dice, 8.0, 20.0, took=time.monotonic() - began)


def office(stage: Stage, seed: str) -> None:
    """德育处 takes crises over, decides, and proposes to calm what has been decided."""
    dice, client = random.Random(seed), stage.enter("duty_officer")  # noqa: S311
    while not stage.stop.is_set():
        tasks = client.listed("tasks?state=OPEN")
        for case in filter(None, (stage.board.ripe(), _left_behind(stage.board, tasks))):
            client.act("acknowledge", f"cases/{case}/acknowledge", {}, case=case)
        stage.board.untriaged = sum(one["name"] == "triage" for one in tasks)
        _work(client, dice, tasks, ("triage", "report_decide"))
        _work(client, dice, tasks, ("zero_report", "wake_call"))
        calm = stage.board.take(stage.board.calm)
        if calm is not None:
            body = {"to": "MEETING", "reason": "演练"}
            answer = client.act("propose", f"cases/{calm}/downgrade", body, case=calm)
            if "proposal" in answer.body:
                stage.board.proposed.append((calm, answer.body["proposal"]))
        stage.rest(dice, 0.2, 1.0)


def counsellor(stage: Stage, seed: str) -> None:
    """心理教师 is the second name under triage and under calming."""
    dice, client = random.Random(seed), stage.enter("counsellor")  # noqa: S311
    while not stage.stop.is_set():
        tasks = client.listed("tasks?state=OPEN")
        _work(client, dice, tasks, ("triage_confirm",))
        _work(client, dice, tasks, ("wake_call",))
        found = stage.board.take(stage.board.proposed)
        if found is not None:
            case, proposal = found
            body = {"proposal": proposal}
            client.act("calm", f"cases/{case}/downgrade/confirm", body, case=case)
        stage.rest(dice, 0.2, 1.0)


def leader(stage: Stage, seed: str) -> None:
    """The vice-principal confirms what was decided about reporting, and reports upward."""
    dice, client = random.Random(seed), stage.enter("vice_principal")  # noqa: S311
    while not stage.stop.is_set():
        tasks = client.listed("tasks?state=OPEN")
        for case in _work(client, dice, tasks, ("report_confirm",)):
            for owed in (one for one in tasks if one.get("case") == case):
                _work(client, dice, [owed], _UPWARD)  # each: a crisis that owes one stays a crisis
            stage.board.calm.append(case)
        stage.rest(dice, 0.3, 1.5)


def strangers(stage: Stage, seed: str) -> None:
    """Who must learn nothing looks everywhere; each answer is kept for the checker."""
    dice = random.Random(seed)  # noqa: S311
    sessions = [stage.enter(part) for part in ("mother", "mentor", "stranger")]
    student = stage.cast["students"][0]
    paths = ("cases", "tasks", "inbox", "alerts", f"students/{student}/file")
    while not stage.stop.is_set():
        client, path = dice.choice(sessions), dice.choice(paths)
        answer = client.look(path)
        if answer is not None:
            stage.answers.note(person=client.person, path=path, text=answer.text)
        stage.rest(dice, 0.5, 2.0)


def _left_behind(board: Board, tasks: Sequence[Mapping[str, Any]]) -> str | None:
    """A crisis of an earlier round that nobody took over, the oldest; the board knows of none."""
    known = {case for _, case in board.waiting}
    asked = [str(one["case"]) for one in tasks if one["name"] == "acknowledge" and "case" in one]
    return next((case for case in reversed(asked) if case not in known), None)


def _work(
    client: Client,
    dice: random.Random,
    tasks: Sequence[Mapping[str, Any]],
    names: Sequence[str],
) -> list[str]:
    """Do one or two of the tasks of these names; returns the cases they belong to."""
    mine = [one for one in tasks if one["name"] in names]
    done = []
    for task in dice.sample(mine, min(len(mine), 2)):
        body = {"answer": dict(TASKS[task["name"]])}
        path = f"tasks/{task['id']}/complete"
        answer = client.act("complete", path, body, task=task["id"], name=task["name"])
        if answer.good and "case" in task:
            done.append(str(task["case"]))
    return done


LIVES: Final[Sequence[Callable[[Stage, str], None]]] = (
    reporter,
    raiser,
    writer,
    office,
    counsellor,
    leader,
    strangers,
)
