"""Acts on an objection to a communication record, with those whom they concern told.

    objection  --> its author hears of it; the office as well where the ground is privacy
    answer     --> the filer hears that there is one

Words of danger are heard also where the act is refused (refused_words). Pages and API call these,
and nothing of records that changes an objection.
"""

from datetime import datetime
from uuid import UUID

from parties import tenancy
from parties.access import Act, Viewer
from parties.errors import InvalidInput
from parties.models import Person
from records import complaints, objections
from records.complaints import Complaint
from records.models import CommunicationRecord, Objection
from workflow import record_news, refused_words
from workflow.spoken_words import Spoken


def object_to(
    *, school_id: int, record_id: UUID, by: Person, at: datetime, complaint: Complaint
) -> Objection:
    """File an objection; its receipt is in the answer. A sign of danger is heard in any case.

    Raises: as records.objections.file; InvalidInput: an open one of theirs says something else.
    """
    spoken = Spoken(complaint.words, "objection")
    heard = refused_words.heard(
        CommunicationRecord, record_id, Act.OBJECT, school_id=school_id, by=by, at=at,
        hear=spoken.listen,
    )  # fmt: skip
    with heard, tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        filed = objections.file(viewer, record_id=record_id, complaint=complaint)
        record_news.objection_filed(filed, at=at)
        if not complaints.says(filed, complaint):
            raise InvalidInput(
                f"您对这份记录提出的异议（{filed.receipt_no}）还没有了结，刚写的没有存入。",
                field="words",
                mend="要换成现在写的，请先在记录页撤回那一份，再提交。",
            )
        spoken.listen(filed.record, viewer)
        return filed


def answer(
    *, school_id: int, objection_id: UUID, by: Person, at: datetime, reply: str, words: str
) -> Objection:
    """The author's answer. Raises: as records.objections.answer."""
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        answered = objections.answer(viewer, objection_id=objection_id, reply=reply, words=words)
        record_news.objection_answered(answered, at=at)
        return answered


def end(*, school_id: int, objection_id: UUID, by: Person, at: datetime, how: str) -> Objection:
    """`content`, `insist` or `withdraw`: the filer's own word. Raises: as in records.objections."""
    verbs = {
        "content": objections.content,
        "insist": objections.insist,
        "withdraw": objections.withdraw,
    }
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        ended = verbs[how](viewer, objection_id=objection_id)
        if how == "insist":
            record_news.objection_routed(ended, at=at)
        return ended


def annotate(
    *, school_id: int, objection_id: UUID, by: Person, at: datetime, words: str
) -> Objection:
    """异议附记, in the filer's own words. Raises: as records.objections.annotate."""
    spoken = Spoken(words, "annotation")
    heard = refused_words.heard(
        Objection, objection_id, Act.OBJECT, school_id=school_id, by=by, at=at,
        hear=lambda objection, viewer: spoken.listen(objection.record, viewer),
    )  # fmt: skip
    with heard, tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        annotated = objections.annotate(viewer, objection_id=objection_id, words=words)
        spoken.listen(annotated.record, viewer)
        return annotated
