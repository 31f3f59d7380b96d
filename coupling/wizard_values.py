"""Values for new records in the wizard: one configuration template for each side, made anew or copied from another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coupling.models import ConfigTemplate, ConfigTemplateLine
from coupling.template_rules import value_errors
from records.errors import FieldError
from records.schema import FieldInfo, schema

SIDES = ("erp", "crm")
#: What the template of the wizard is called.
NAME = "DEFAULT"
MAX_VALUES = 100


@dataclass(slots=True)
class NewRecords:
    """The values that new records of one side get. `asked`: fields that need one; they have been offered already."""

    side: str
    table: str
    values: dict[str, str] = field(default_factory=dict)
    asked: bool = False

    @classmethod
    def of_data(cls, side: str, table: str, data: Mapping[str, Any]) -> NewRecords:
        """As it was sent."""
        found = cls(side, table, asked=data.get(f"asked-{side}") == "1")
        for at in range(MAX_VALUES):
            name = str(data.get(f"value-{side}-{at}-field", ""))
            if not name:
                break
            found.values[name] = str(data.get(f"value-{side}-{at}", "")).strip()
        return found

    def ask(self, required: list[FieldInfo]) -> None:
        """Offer, once, the fields that a new record needs and no line gives; its owner follows from the company."""
        if not self.asked:
            self.asked = True
            self.values = {**{info.name: "" for info in required if info.kind != "polyref"}, **self.values}

    def add(self, name: str) -> FieldError | None:
        """Another field, if new records can be given it."""
        if name not in [info.name for info in self.candidates]:
            return FieldError(f"add-{self.side}", "wizard_choose_field")
        self.values.setdefault(name, "")
        return None

    def copy(self, key: str) -> None:
        """Take over the values of a template of the same table."""
        if key in dict(self.templates()):
            lines = ConfigTemplateLine.objects.filter(template__pk=key).order_by("field")
            self.values |= dict(lines.values_list("field", "value"))

    @property
    def given(self) -> dict[str, str]:
        """The values that are not blank: what the template will hold."""
        return {name: value for name, value in self.values.items() if value}

    @property
    def candidates(self) -> list[FieldInfo]:
        """The fields that a template may give, by caption."""
        table = schema(self.table)
        found = [f for f in table.writable if not (f.readonly or f.calculated or f.system) and f.name != table.pk]
        return sorted(found, key=lambda info: str(info.caption).casefold())

    def templates(self) -> list[tuple[str, str]]:
        """(key, name) of the templates of other mappings that fill this table."""
        found = ConfigTemplate.objects.filter(
            **{"side": self.side, f"mapping__{self.side}_table": self.table}
        ).select_related("mapping")
        return [(str(t.pk), f"{t.mapping.name}: {t.name}") for t in found]

    def errors(self) -> list[FieldError]:
        """What is wrong with the values, each at its control."""
        found = []
        for at, (name, value) in enumerate(self.values.items()):
            wrong = value_errors(self.table, name, value) if value else []
            found += [FieldError(f"value-{self.side}-{at}", e.code, e.params) for e in wrong]
        return found

    def document(self) -> list[dict[str, Any]]:
        """The template as a document names it; nothing without values."""
        return [{"side": self.side, "name": NAME, "values": self.given}] if self.given else []
