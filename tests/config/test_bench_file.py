"""The benchmark of the file: what its mixture holds, and that depth costs no query."""

from typing import Any

import pytest

from config.bench import file, filling, mixture
from parties import clock, tenancy
from records.models import FileEntry

pytestmark = pytest.mark.django_db(transaction=True)

#: One turn of the mixture as the mother sees it: each page then holds every kind that is hers.
PAGE = 12
HERS = {
    "case", "notice", "action_item", "plan_checkin", "evaluation", "communication", "objection",
    "meeting", "consent", "consent_withdrawn",
}  # fmt: skip


def test_the_first_and_the_two_hundredth_page_cost_the_same_queries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With all kinds on both, for how many queries a page takes depends on which kinds it holds."""
    monkeypatch.setattr(file, "_LIMIT", PAGE)
    entries = len(mixture.ROUND) * 202
    school, student_id = filling.fill(password=file._PASSWORD, at=clock.now(), entries=entries)
    with tenancy.scope(school.pk):
        stored = list(FileEntry.objects.values_list("kind", flat=True))
    client, costs = file._signed_in(), {}

    for spot in file._spots(school.pk, student_id):
        page = f"/api/v1/students/{student_id}/file{spot.query}"
        client.get(page)  # what is kept for all who are alike is kept from here on
        with file._timed([]) as asked:
            answer: Any = client.get(page)
        found = answer.json()["results"]
        assert (len(found), {one["kind"] for one in found}) == (PAGE, HERS), spot.name
        costs[spot.name] = asked()

    assert costs["first"] == costs["middle"] == costs["page_200"] > len(HERS)
    assert (len(stored), set(stored)) == (entries, {*HERS, "contact_attempt"})
    assert set(mixture.LOOKED_UP) == set(stored)
