"""The naive way: the whole instance as JSON, and a save of the ORM for every row."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from config.bench.step.moments import Moment
from ledger import events
from ledger.models import Event, EventSalt
from parties import tenancy
from parties.calendar import CalendarView
from workflow import clocks
from workflow.engine.definitions import Definition
from workflow.engine.naive import Naive
from workflow.engine.registry import StepContext
from workflow.engine.store import Write
from workflow.models import HumanTask, Notification, ProcessInstance


@dataclass
class NaiveWay:
    """It even gets for nothing what the product looks up: who may do the tasks, and when."""

    school_id: int
    definition: Definition
    _engine: Naive = field(default_factory=Naive)

    def kept(self, moment: Moment) -> bytes:
        """The state of a moment as the naive way stores it."""
        with tenancy.scope(self.school_id) as at:
            context = self._context(moment.instance_id, moment, at=at)
            return self._engine.kept(self.definition, moment.state, context)

    def step(self, moment: Moment, change: Write, case_id: UUID, instance_id: UUID) -> None:
        with tenancy.scope(self.school_id) as at:
            row = ProcessInstance.objects.select_for_update(no_key=True).get(pk=instance_id)
            decisions: Mapping[str, object] = moment.decisions
            row.state, _ = self._engine.complete(
                self.definition,
                bytes(row.state or b""),
                self._context(instance_id, moment, at=at),
                task=moment.engine_id,
                decisions=decisions,
            )
            row.next_due_at, row.version = change.next_due_at, row.version + 1
            row.save()
            self._save_tasks(change, case_id, row)
            self._save_events(change, case_id)
            self._save_messages(change, case_id)

    def _save_tasks(self, change: Write, case_id: UUID, row: ProcessInstance) -> None:
        for task in change.tasks:
            HumanTask.objects.create(
                school_id=self.school_id,
                case_id=case_id,
                instance=row,
                engine_id=os.urandom(16).hex(),
                name=task.name,
                title=task.title,
                form=task.form,
                roles=list(task.roles),
                candidates=list(task.candidates),
                about=task.about,
                four_eyes_of=task.four_eyes_of,
                clock=task.clock,
                created_at=change.at,
                due_at=task.due_at,
            )

    def _save_events(self, change: Write, case_id: UUID) -> None:
        for said in change.events:
            event = Event.objects.create(
                school_id=self.school_id,
                kind=said.kind,
                actor=said.actor,
                subject_type=said.subject_type,
                subject_id=case_id,
                refs=said.refs,
                at=said.at,
                body=said.body,
                leaf=os.urandom(32),
            )
            EventSalt.objects.create(
                event=event, school_id=self.school_id, salt=os.urandom(events.SALT_BYTES)
            )

    def _save_messages(self, change: Write, case_id: UUID) -> None:
        for message in change.messages:
            made = uuid4()
            Notification.objects.create(
                id=made,
                school_id=self.school_id,
                case_id=case_id,
                recipient_id=message.recipient,
                to_role=message.to_role,
                channel=message.channel,
                template=message.template,
                lane=message.lane,
                key=f"task.new:{made}:{made}",
                created_at=change.at,
                due_at=change.at,
            )

    def _context(self, instance_id: UUID, moment: Moment, *, at: Any) -> StepContext:
        book = clocks.book({}, CalendarView())
        return StepContext(
            school_id=self.school_id,
            case_id=moment.case_id,
            instance_id=instance_id,
            at=at,
            by=moment.by,
            via="web",
            clocks=lambda name: book.due(name, anchors={}, at=at),
        )
