"""The cases to step, what one step of each writes, and the three arms that step them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from config.bench import addresses, copies
from config.bench.cast import Cast
from config.bench.clients import Arm
from config.bench.step import rows
from config.bench.step.floor import Floor
from config.bench.step.moments import Moment
from config.bench.step.naive import NaiveWay
from config.bench.step.rows import Rows
from workflow import shipped
from workflow.engine import definitions

#: Which moment, and whose copy: (index, case, instance).
Job = tuple[int, UUID, UUID]


@dataclass
class Stage:
    """The cases to step, and what one step of each writes."""

    cast: Cast
    owner: psycopg.Connection[Any]
    moments: Sequence[Moment]
    writes: Sequence[Rows]
    kept: Sequence[bytes] = field(default_factory=list)

    def arms(self) -> Mapping[str, Arm]:
        """Built in each client."""
        raw = psycopg.connect(addresses.app(), autocommit=True, prepare_threshold=1)
        floor, naive = Floor(raw, self.cast.school.pk), naive_way(self.cast)

        def product(job: Job) -> str:
            rows.take(self.cast, self.moments[job[0]], job[2])
            return self.moments[job[0]].name

        def bare(job: Job) -> str:
            floor.step(self.writes[job[0]], job[1], job[2])
            return self.moments[job[0]].name

        def stock(job: Job) -> str:
            naive.step(self.moments[job[0]], self.writes[job[0]].change, job[1], job[2])
            return self.moments[job[0]].name

        def empty(_job: object) -> str:
            floor.empty()
            return "empty"

        return {"product": product, "floor": bare, "naive": stock, "empty": empty}

    def jobs(self, count: int, *, naive: bool = False) -> Iterator[Job]:
        """`count` fresh copies, the moments by turns."""
        each = -(-count // len(self.moments))
        copies.foresee(self.owner)
        made = [copies.make(self.owner, moment.case_id, each) for moment in self.moments]
        if naive:
            for pairs, kept in zip(made, self.kept, strict=True):
                self.owner.execute(
                    "UPDATE workflow_processinstance SET state = %s WHERE id = ANY(%s)",
                    [kept, [instance for _, instance in pairs]],
                )
        for turn in zip(*made, strict=True):
            for number, (case_id, instance_id) in enumerate(turn):
                yield number, case_id, instance_id


def naive_way(people: Cast) -> NaiveWay:
    return NaiveWay(people.school.pk, definitions.load(shipped.bundle("crisis").content))
