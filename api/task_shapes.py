"""What a task looks like from outside: bodies in, bodies out."""

from typing import Any

from rest_framework import serializers

from api.schema import objects
from api.shapes import PersonSerializer, StudentSerializer
from api.views import Id, Strict, text
from parties.access import Act
from workflow.models import HumanTask


class TaskSerializer(serializers.Serializer[Any]):
    """A member that this reader may not see is absent, not null."""

    id = serializers.UUIDField()
    name = serializers.CharField(help_text="流程图中的编号")
    title = serializers.CharField()
    state = serializers.ChoiceField(HumanTask.State.choices)
    roles = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    reminders = serializers.IntegerField()
    assignee = PersonSerializer(allow_null=True)
    case = serializers.UUIDField(required=False)
    student = StudentSerializer(required=False)


class AboutSerializer(PersonSerializer):
    phone = serializers.CharField()


class TaskDetailSerializer(TaskSerializer):
    may = serializers.ListField(
        child=serializers.ChoiceField(
            [act.value for act in (Act.CLAIM, Act.COMPLETE, Act.DELEGATE, Act.RETURN, Act.REMIND)]
        )
    )
    form = objects(help_text="办理表单（JSON Schema 2020-12）")
    about = AboutSerializer(required=False, help_text="要联系的人")
    receipt = serializers.UUIDField(
        required=False, help_text="所问的家长回复在哪份回执里（/receipts/{id}）"
    )
    record = serializers.UUIDField(
        required=False, help_text="所问的话写在哪份沟通记录旁（/records/{id}）"
    )
    item = serializers.UUIDField(required=False, help_text="要谈的是哪个行动事项（/items/{id}）")
    answer = objects(required=False, allow_null=True)
    completed_by = PersonSerializer(required=False, allow_null=True)
    as_read = serializers.CharField(
        required=False,
        help_text="要复述的会谈记录的标记；办理时原样送回，记录改过则 409",
    )


class CompleteInput(Strict):
    answer = serializers.DictField(default=dict, help_text="按 form 填写")
    as_read = text(
        longest=80, required=False, help_text="待办有 as_read 的，须原样送回；缺少时 428"
    )


class DelegateInput(Strict):
    to = Id(help_text="接收人 id")


class ReturnInput(Strict):
    to = text(longest=100, help_text="退回到哪一步（先前任务的 name）")
    reason = text(longest=1000, help_text="为什么退回")
