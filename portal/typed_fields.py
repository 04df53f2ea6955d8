"""What the fields are called into which people type, by the page that takes them.

Whoever gets words back reads which field they stood in. Nothing here is asked from a form that is
filled in: a page that was lost has none.
"""

import re
from collections.abc import Mapping
from typing import Final

from django import forms

from portal import prepared_rows, statement_rows
from portal.forms import MatterForm, ReportForm
from portal.item_forms import ChangeForm, ItemForm
from portal.notice_call_forms import AnswerForm, AttemptForm
from portal.notice_forms import NoticeForm
from portal.questions import PREFIX
from portal.record_forms import ObjectionForm, RecordForm
from portal.statement_rows import Row
from workflow import shipped

_RECORDS: Final = ("write", "edit-record", "minutes")
_TASK: Final = "task"
_REASON: Final = {"reason": "理由"}
FORMS: Final[Mapping[str, type[forms.Form]]] = {
    **dict.fromkeys(_RECORDS, RecordForm),
    "report": ReportForm,
    "matter": MatterForm,
    "object": ObjectionForm,
    "plan-amend": ChangeForm,
    "case-plan": ItemForm,
    "notice-new": NoticeForm,
    "notice-edit": NoticeForm,
    "notice-contact": AttemptForm,
    "notice-answer": AnswerForm,
}
#: Pages whose fields stand in their template, or beside their view.
WRITTEN: Final[Mapping[str, Mapping[str, str]]] = {
    "ask-hold": {"until": "建议暂缓到", "reason": "为什么请求暂缓"},
    "hold-record": {"until": "暂缓到", "reason": "为什么暂缓"},
    "refuse-hold": {"reason": "为什么不暂缓"},
    "sign": {"note": "签字时想说的话"},
    "refuse": {"reason": "不签字的理由"},
    "witness": {
        "kept_at": "原件放在哪里",
        "printed": "纸上印的“文字标记”",
        "reason": "家长说的理由",
        "note": "备注",
    },
    "objection": {"words": "附记或答复的理由"},
    "discard-record": _REASON,
    "discard-next": _REASON,
    "seal-record": _REASON,
    "sharing-override": _REASON,
    "plan-stuck": {"why": "遇到了什么困难"},
    "plan-done": {"note": "完成得怎么样"},
    "plan-excuse": {"excuse": "当天不做的说明"},
    "plan-drop": {"why": "为什么不再进行"},
    "plan-score": {"words": "想说的话", "baseline_now": "现在怎么样"},
    "upgrade": {"reason": "理由（看到、听到了什么）"},
    "downgrade": {"reason": "您的依据"},
    "meeting-change": {"words": "什么时间方便"},
    "meeting-attend": {"words": "不参加的原因"},
    "meeting-decline": {"words": "不方便的原因"},
    "meeting-move": {"words": "为什么改期，什么时间可以"},
    "notice": {"text": "想对学校说的话"},
    "notice-slip": {"reply": "家长在单上写的话"},
    "report-wording": {"text": "时间、地点、行为、次数"},
    "return": {"reason": "退回的原因"},
    "consent-desk": {"proof_note": "凭据", "ends_on": "同意到哪一天为止"},
}
_OF_A_ROW: Final = re.compile(r"[a-z]+_(?P<section>[A-Z_]+?)(_(?P<place>\d{1,2}))?")


def label_of(page: str, field: str, value: str) -> str | None:
    """Of a field into which people type on `page`, by its name in portal.urls: its label, empty if
    that is not known. None: nobody typed the value there, or there is no such field.
    """
    written = WRITTEN.get(page, {}).get(field)
    if written is not None:
        return written
    if page == _TASK and field.startswith(f"{PREFIX}-"):
        return shipped.typed_question(field.removeprefix(f"{PREFIX}-"), value)
    found = _of_form(FORMS.get(page), field)
    return _of_record(field) if found is None and page in _RECORDS else found


def _of_form(form: type[forms.Form] | None, field: str) -> str | None:
    return None if form is None else _typed(form.base_fields.get(field))


def _of_record(field: str) -> str | None:
    """Fields that a form of a record draws up row by row."""
    said, (_, _, place) = _OF_A_ROW.fullmatch(field), field.rpartition("_")
    rows: Mapping[str, forms.Field] = {}
    if said and said["section"] in statement_rows.Section.values:
        row = Row(said["section"], int(said["place"] or 1))
        rows = statement_rows.fields(row, needed=True, guardians=())
    elif place.isdecimal() and 1 <= int(place) <= prepared_rows.MOST:
        rows = prepared_rows.fields(int(place), files=(), drops=False)
    return _typed(rows.get(field))


def _typed(asked: forms.Field | None) -> str | None:
    return None if asked is None or not is_typed(asked) else str(asked.label)


def is_typed(field: forms.Field) -> bool:
    """Whether people type into it; a password is nobody's to see."""
    return isinstance(field.widget, forms.TextInput | forms.Textarea)
