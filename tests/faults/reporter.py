"""Reports crises in a process of its own and says how long each took.

Its broker is whatever REDIS_URL names, dead or alive; world and moment come as arguments. One line
of JSON: seconds to promise a message, and seconds to report a crisis with everything that means.
"""

import json
import sys
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import django

django.setup()

from parties import clock, tenancy  # noqa: E402
from parties.models import Person  # noqa: E402
from parties.roles import Role  # noqa: E402
from workflow import cases, notifications  # noqa: E402
from workflow.reports import ReportInput  # noqa: E402


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def promise(school_id: int, to: UUID) -> None:
    with tenancy.scope(school_id) as at:
        notifications.enqueue(
            school_id=school_id,
            case_id=None,
            to_id=to,
            to_role="ME",
            channel="in_app",
            template="case.news",
            key=f"reporter:{uuid4()}",
            lane="crisis",
            at=at,
        )


def report(school_id: int, reporter: Person, student_id: UUID) -> None:
    cases.report_crisis(
        school_id=school_id,
        reporter=reporter,
        role=Role.HT,
        at=clock.now(),
        report=ReportInput(
            student_id=student_id, who="", observed="哭着说不想活了", safe_now="UNKNOWN"
        ),
        request_key=f"reporter:{uuid4()}",
    )


def main(school: str, person: str, student: str) -> None:
    school_id = int(school)
    with tenancy.scope(school_id):
        reporter = Person.objects.get(pk=person)
    report(school_id, reporter, UUID(student))  # reads the diagram once
    promises = [timed(lambda: promise(school_id, reporter.pk)) for _ in range(5)]
    reports = [timed(lambda: report(school_id, reporter, UUID(student))) for _ in range(5)]
    sys.stdout.write(json.dumps({"promises": promises, "reports": reports}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
