"""The drill passes on the product as it is, under load, and fails when a promise is broken."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as active
from django.core.management import CommandError, call_command

from config.backup import drill
from config.backup.database import Database
from config.backup.drill import Plan, Report
from config.backup.refusal import Refused
from tests.backup.conftest import Desk, Story
from workflow import dispatch

pytestmark = pytest.mark.django_db(transaction=True)


def plan(desk: Desk, *, traffic: bool) -> Plan:
    return Plan(
        home=desk.home,
        app=Database.from_settings(active.DATABASES["default"]),
        attachments=desk.attachments,
        app_role=active.DATABASE_APP_ROLE,
        traffic=traffic,
    )


def quiet() -> Report:
    return Report(lambda _: None)


def databases(desk: Desk) -> int:
    with desk.home.connect() as owner:
        rows = owner.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'sanfang_drill%'")
        return int(rows.fetchall()[0][0])


def test_a_backup_under_load_passes(story: Story, desk: Desk) -> None:
    report = quiet()
    drill.perform(plan(desk, traffic=True), report)
    told = report.as_json()

    assert told["broken"] == []
    assert told["ok"]
    assert told["backup"]["events_meanwhile"] > 0
    assert told["backup"]["leaves"] > story.leaves
    assert told["dispatch"]["waiting"] > told["dispatch"]["withheld"] > 0
    assert (told["dispatch"]["moved"], told["dispatch"]["sent_again"]) == (0, 0)
    assert told["dispatch"]["received"] >= 1  # the new one, after the release
    assert databases(desk) == 0


def test_a_dispatcher_that_is_not_held_fails_the_drill(
    story: Story, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restore that forgets the hold: old messages would leave, and the drill sees them leave."""
    late = dispatch.HOLD_SQL.replace("held_at)", "held_at, released_at)").replace(
        "clock_timestamp()\n", "clock_timestamp(), clock_timestamp()\n"
    )
    monkeypatch.setattr(dispatch, "HOLD_SQL", late.partition("ON CONFLICT")[0] + ";")

    report = quiet()
    with pytest.raises(Refused):  # there is nothing to release
        drill.perform(plan(desk, traffic=False), report)

    assert any("派发没有暂停" in sentence for sentence in report.broken)
    assert any("没有一条发出" in sentence for sentence in report.broken)
    assert databases(desk) == 0


def test_a_failed_drill_ends_with_one_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(_plan: Plan, report: Report) -> None:
        report.promise(False, "行数一致")

    monkeypatch.setattr(drill, "perform", fail)

    with pytest.raises(CommandError, match="行数一致") as failed:
        call_command("drill", "--json", str(tmp_path / "told.json"))

    assert failed.value.returncode == 1
    assert json.loads((tmp_path / "told.json").read_text())["broken"] == ["行数一致"]


def test_production_gets_no_made_up_cases(settings: Any) -> None:
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="--traffic") as refused:
        call_command("drill", "--traffic")

    assert refused.value.returncode == 2
