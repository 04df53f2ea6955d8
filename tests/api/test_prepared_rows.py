"""Wrong material of a record: the answer names its row, as it does for what the shape refuses."""

from tests.api.callers import code
from tests.api.papers import written
from tests.factories import World


def test_what_is_wrong_with_material_names_its_row(world: World) -> None:
    paper, fine = written(world), {"kind": "TRANSCRIPT", "note": "期中"}
    for wrong, field in (
        ({"kind": "PSY_REPORT"}, "prepared.1.basis"),
        ({"kind": "ATTENDANCE", "note": "住院请假三天"}, "prepared.1.note"),
        ({"kind": "?"}, "prepared.1.kind"),
    ):
        body = {"prepared": [fine, wrong]}
        address = f"/records/{paper.id}/prepared"
        answer = paper.writer.send("put", address, body, If_Match=paper.etag)

        assert code(answer) == "input.invalid"
        assert [one["field"] for one in answer.json()["errors"]] == [field]
        assert answer.json()["errors"][0]["mend"]
        told = answer.json()["errors"][0]["wrong"]
        assert told.startswith("第 2 项材料：") or field.endswith("kind")  # a shape names its path
