"""A sweep does one row after another, and no row holds up the next."""

from uuid import UUID, uuid4

import pytest

from workflow import due_rows


def test_a_row_that_fails_is_named_and_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    first, broken, last = uuid4(), uuid4(), uuid4()
    done: list[UUID] = []

    def act(_school_id: int, pk: UUID) -> int:
        if pk == broken:
            raise RuntimeError("手臂")
        done.append(pk)
        return 2

    rows = [(1, first), (2, broken), (1, last)]
    counted = due_rows.each(rows, act, failed="hold.end_failed", via="watch")

    assert (counted, done) == (4, [first, last])
    assert f"hold.end_failed id={broken} via=watch" in caplog.text
