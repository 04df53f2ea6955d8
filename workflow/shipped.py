"""What bpmn/ holds: the bundle that a new instance begins with, and the form of each task."""

from functools import lru_cache
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from workflow.engine import bundles, definitions, documents
from workflow.engine.bundles import Bundle
from workflow.engine.definitions import load, properties
from workflow.engine.forms import Form, read_form
from workflow.models import HumanTask, ProcessDefinition, ProcessInstance

#: Of a visit: whom one met. An answer at the door is that person's, whoever is asked first.
_ASKED_SINCE: Final = {"meeting_visit": frozenset({"met"})}


def form_of(task: HumanTask) -> Form:
    """The form as this task's definition has it, and what it has to ask since; a task from outside
    a diagram uses the shipped.
    """
    if task.instance is None or task.instance.definition_id is None:
        return _shipped_form(Path(settings.BPMN_DIR), task.form)
    definition = load(_stored(task.instance.definition_id))
    return _asking(definition.forms.get(task.form) or Form(task.form, {}))


def _asking(form: Form) -> Form:
    """With the questions that a form of before did not ask: without them nothing is attributed."""
    missing = _ASKED_SINCE.get(form.key, frozenset()) - form.schema.get("properties", {}).keys()
    if not missing:
        return form
    now = _shipped_form(Path(settings.BPMN_DIR), form.key).schema["properties"]
    asked = {**form.schema["properties"], **{name: now[name] for name in sorted(missing)}}
    return Form(form.key, {**form.schema, "properties": asked})


def roles_of(instance_id: UUID, task: str) -> list[str]:
    """Roles that the instance's own definition gives the user task `task`; empty if unknown."""
    instance = ProcessInstance.objects.filter(pk=instance_id)
    found = instance.values_list("definition_id", flat=True).first()
    if found is None:
        return []
    for spec in load(_stored(found)).specs():
        if spec.bpmn_id == task:
            written = properties(spec).get("roles", "") or spec.lane or ""
            return [role.strip() for role in written.split(",") if role.strip()]
    return []


def word_for(form: str, *, field: str, code: str) -> str:
    """How the form that bpmn/ holds now names a closed choice; the code itself if it does not."""
    known = _shipped_form(Path(settings.BPMN_DIR), form).schema
    labels = known.get("properties", {}).get(field, {}).get("x-labels", {})
    return str(labels.get(code, code))


def rule_label(process_key: str, table: str, *, output: str, text: str) -> str:
    """How the table that `process_key` begins with now describes the rule with this result."""
    found = definitions.of(bundle(process_key)).table(table)
    return "" if found is None else found.label(output, text)


def _stored(definition_id: UUID) -> bytes:
    return bytes(ProcessDefinition.objects.values_list("bundle", flat=True).get(pk=definition_id))


@lru_cache(maxsize=256)
def _shipped_form(folder: Path, key: str) -> Form:
    path = folder / bundles.form_file(key)
    if not key or not path.is_file():
        return Form(key, {})
    return read_form(key, documents.parse_json(path.read_bytes()))


def bundle(process_key: str) -> Bundle:
    """The bundle that bpmn/ holds now; read once per process."""
    return _collected(Path(settings.BPMN_DIR), process_key)


def first_of(*process_keys: str) -> str:
    """The first process that bpmn/ holds; the first named if it holds none of them."""
    folder = Path(settings.BPMN_DIR)
    found = (key for key in process_keys if (folder / f"{key}.bpmn").is_file())
    return next(found, process_keys[0])


@lru_cache(maxsize=64)
def _collected(folder: Path, process_key: str) -> Bundle:
    return bundles.collect(process_key, bundles.read_folder(folder))
