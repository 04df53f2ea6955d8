"""What grows around an item of a plan: its days, why one was not done, words and changes beside."""

from typing import Any

from rest_framework import serializers

from api.shapes import PersonSerializer


class ProgressSerializer(serializers.Serializer[Any]):
    """How far a recurring item has got. `streak`: due days done in a row, excused ones apart."""

    total = serializers.IntegerField()
    so_far = serializers.IntegerField()
    done = serializers.IntegerField()
    excused = serializers.IntegerField()
    missed = serializers.IntegerField()
    streak = serializers.IntegerField()
    today_due = serializers.BooleanField()
    today = serializers.CharField(allow_blank=True)
    yesterday_open = serializers.BooleanField()


class ConsensusSerializer(serializers.Serializer[Any]):
    statement = serializers.UUIDField()
    record = serializers.UUIDField()
    record_no = serializers.CharField()
    version = serializers.IntegerField()
    text = serializers.CharField()


class NoteSerializer(serializers.Serializer[Any]):
    """`text` is empty where its class is not this reader's."""

    by = PersonSerializer()
    at = serializers.DateTimeField()
    state = serializers.CharField(help_text="照这句话，事项或这一天是什么状态")
    text = serializers.CharField(allow_blank=True)
    day = serializers.DateField(required=False, help_text="说的是哪一天的签到")
    evidence = serializers.ListField(child=serializers.UUIDField())


class ReasonSerializer(serializers.Serializer[Any]):
    """`text` says so where its class is not this reader's."""

    day = serializers.DateField()
    by = PersonSerializer()
    text = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    by = PersonSerializer()
    at = serializers.DateTimeField()
    why = serializers.CharField()
