"""The parts of a communication record as JSON: a statement, a person present, a signature."""

from typing import Any, Final
from uuid import UUID

from rest_framework import serializers

from api import shapes
from api.shapes import PersonSerializer
from records.aftermath import LetThrough
from records.cuts import SaidTo
from records.models import Participant, PreparedItem, Signature, Statement
from records.reading import RecordFile

_SAID: Final = (
    "section", "source", "status", "masked", "redacted", "is_quote", "basis", "observed", "mine",
)  # fmt: skip


class SaidSerializer(serializers.Serializer[Any]):
    """One statement. `text` is absent where only its class may be named (`masked`)."""

    id = serializers.UUIDField()
    section = serializers.ChoiceField(Statement.Section.choices)
    source = serializers.ChoiceField(Statement.Source.choices)  # type: ignore[assignment]
    status = serializers.ChoiceField(Statement.Status.choices)
    at = serializers.DateTimeField()
    text = serializers.CharField(required=False)
    masked = serializers.CharField(help_text="不对您开放的类别，如“家庭经济与资助”；没有则为空")
    redacted = serializers.BooleanField(help_text="已隐去他人信息")
    is_quote = serializers.BooleanField()
    basis = serializers.CharField()
    observed = serializers.ChoiceField(
        Statement.Observed.choices,
        allow_blank=True,
        help_text="观察到的反应；仅“家长情绪反应”有，以前写下的可能为空",
    )
    mine = serializers.BooleanField(help_text="由您写下")
    said_by = serializers.UUIDField(
        allow_null=True, help_text="谁说的；“家长情绪反应”是谁的反应。只写您可见的参与人员"
    )


class ParticipantSerializer(serializers.Serializer[Any]):
    person = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    capacity = serializers.ChoiceField(Participant.Capacity.choices)
    relation = serializers.CharField()
    presence = serializers.ChoiceField(Participant.Presence.choices)


class PreparedSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(PreparedItem.Kind.choices)
    note = serializers.CharField()
    attachment = serializers.UUIDField(allow_null=True)
    basis = serializers.ChoiceField(PreparedItem.Basis.choices)
    basis_note = serializers.CharField()
    duty = serializers.ChoiceField(PreparedItem.Duty.choices, allow_blank=True)
    consent = serializers.UUIDField(allow_null=True)


class SignatureSerializer(serializers.Serializer[Any]):
    signer = PersonSerializer()
    side = serializers.ChoiceField(Signature.Side.choices)
    method = serializers.ChoiceField(Signature.Method.choices)
    at = serializers.DateTimeField()
    witness = PersonSerializer(allow_null=True)
    reason = serializers.CharField()
    note = serializers.CharField()
    scan = serializers.UUIDField(allow_null=True)
    kept_at = serializers.CharField(
        required=False, help_text="纸质原件存放处（柜号／册号）；仅校内可见"
    )
    proof = serializers.CharField(help_text="所签内容的校验值（SHA-256）")


class AnnotationSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class SharingOverrideSerializer(serializers.Serializer[Any]):
    by = serializers.CharField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()
    phrases = serializers.ListField(child=serializers.CharField(), help_text="放行的词")


class SealedSerializer(serializers.Serializer[Any]):
    by = serializers.CharField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()


def said(one: SaidTo) -> dict[str, Any]:
    body = {"id": str(one.id), "at": shapes.plain(one.at), "said_by": shapes.plain(one.said_by)}
    body |= {name: getattr(one, name) for name in _SAID}
    return body if one.text is None else {**body, "text": one.text}


def participant(one: Participant, file: RecordFile) -> dict[str, Any]:
    return {
        "person": shapes.plain(one.person_id),
        "name": file.names.get(one.person_id, "") if one.person_id else one.name,
        "capacity": one.capacity,
        "relation": one.relation,
        "presence": one.presence,
    }


def prepared(one: PreparedItem) -> dict[str, Any]:
    values = ("kind", "note", "basis", "basis_note", "duty")
    return {
        **{name: getattr(one, name) for name in values},
        "consent": shapes.plain(one.consent_id),
        "attachment": shapes.plain(one.attachment_id),
    }


def signature(one: Signature, file: RecordFile) -> dict[str, Any]:
    def named(person_id: UUID) -> dict[str, str]:
        return {"id": str(person_id), "name": file.names.get(person_id, "")}

    values = ("side", "method", "reason", "note")
    kept_at = {"kept_at": file.kept_at[one.pk]} if one.pk in file.kept_at else {}
    return {
        **kept_at,
        "signer": named(one.signer_id),
        **{name: getattr(one, name) for name in values},
        "at": shapes.plain(one.at),
        "witness": None if one.witness_id is None else named(one.witness_id),
        "scan": shapes.plain(one.scan_id),
        "proof": bytes(one.proof).hex(),
    }


def let_through(one: LetThrough) -> dict[str, Any]:
    return {
        "by": one.by,
        "at": shapes.plain(one.at),
        "reason": one.reason,
        "phrases": list(one.phrases),
    }
