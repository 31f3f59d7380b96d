"""Set Up Coupling: choose a record of the other side or have one made, see what it means, synchronize afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coupling.access import is_connected, mapping_of_table
from coupling.models import Coupling, IntegrationTableMapping, OptionMapping
from coupling.outside import outside_reason
from coupling.plans import plan_for
from coupling.products import names_of
from coupling.selectors.candidates import candidates
from coupling.selectors.erp_candidates import erp_candidates
from coupling.selectors.offers import Candidates
from coupling.selectors.preview import PreviewLine, preview
from coupling.selectors.records import record_titles
from coupling.services.coupling import coupling_clear_errors
from coupling.services.option_mapping import option_mapping_create, option_mapping_update
from coupling.services.set_up import DIRECTION_OF, Asked, coupling_set_up
from coupling.work import offered, work
from pages import DialogPage, Done, Row, Selection, register
from pages.registry import address_of
from pages.selection import from_request, keys
from pages.views.base import PageView
from records.errors import FieldError, Rejected
from records.schema import schema

OFFERED = 20


class SetUpForm(forms.Form):
    """What the dialog asks for."""

    create_new = forms.BooleanField(required=False, label=_("Create New"))
    crm_id = forms.CharField(required=False, max_length=40)
    synchronize = forms.ChoiceField(
        choices=[("no", "no"), ("use_erp", "use_erp"), ("use_crm", "use_crm")], required=False
    )
    replace = forms.BooleanField(required=False, label=_("Replace the present coupling"))


@dataclass
class Subject:
    """The record that is coupled, of either side, and everything the dialog knows of it."""

    request: HttpRequest
    row: Row

    @cached_property
    def mapping(self) -> IntegrationTableMapping:
        """The mapping of its table. Raises Rejected where there is none."""
        found = mapping_of_table(self.request, self.row.label)
        if found is None:
            raise Rejected([FieldError("", "mapping_missing", {"mapping": self.row.label})])
        return found

    @property
    def side(self) -> str:
        """`erp` or `crm`."""
        return "erp" if self.row.label.startswith("erp.") else "crm"

    @property
    def other(self) -> str:
        """The side of the partner."""
        return "crm" if self.side == "erp" else "erp"

    @property
    def other_table(self) -> str:
        """The table of the partner."""
        return str(getattr(self.mapping, f"{self.other}_table"))

    @cached_property
    def coupling(self) -> Coupling | None:
        """Its present coupling, unless the partner is gone."""
        own = {f"{self.side}_id": self.row.pk}
        return Coupling.objects.filter(pair=self.mapping.name, broken=False, **own).first()

    @cached_property
    def option(self) -> OptionMapping | None:
        """Its present option, for a code table."""
        return OptionMapping.objects.filter(mapping=self.mapping, erp_id=self.row.pk).first()

    @property
    def partner_id(self) -> str:
        """The key of the present partner; blank where there is none."""
        if self.mapping.is_option:
            return str(self.option.option_value) if self.option else ""
        return str(getattr(self.coupling, f"{self.other}_id")) if self.coupling else ""

    @cached_property
    def partner(self) -> tuple[str, str]:
        """Name and address of the present partner; blank where there is none (any more)."""
        if self.mapping.is_option:
            return (self.option.label, "") if self.option else ("", "")
        if self.coupling is None:
            return "", ""
        name = record_titles(self.other_table, [self.partner_id]).get(self.partner_id, "")
        return name, address_of(self.other_table, self.partner_id) if name else ""

    def offers(self, typed: str) -> Candidates:
        """The records that can be chosen."""
        if self.side == "crm":
            return erp_candidates(mapping=self.mapping, crm_id=self.row.pk, q=typed, limit=OFFERED)
        return candidates(mapping=self.mapping, erp_id=self.row.pk, q=typed, limit=OFFERED)


def subject_of(request: HttpRequest, selection: Selection | None) -> Subject | None:
    """The record of the dialog; None where not exactly one is chosen."""
    row = selection.one if selection else None
    return Subject(request, row) if row is not None else None


@register
class SetUpCoupling(DialogPage):
    """The dialog of card and list."""

    name = "coupling.set_up"
    path = "coupling/set-up/"
    title = _("Set Up Coupling")
    template = "coupling/set_up.html"
    form_class = SetUpForm
    icon = "link"
    wide = True

    def get_visible(self, request: HttpRequest) -> bool:
        """Only with an enabled connection."""
        return is_connected(request)

    def initial(self, request: HttpRequest, selection: Selection | None) -> dict[str, Any]:
        """The present partner, or the best match."""
        subject = subject_of(request, selection)
        if subject is None or mapping_of_table(request, subject.row.label) is None:
            return {}
        if subject.partner_id and subject.partner[0]:
            return {"crm_id": subject.partner_id, "synchronize": "no"}
        best = [c for c in subject.offers("").results if c.is_best]
        return {"crm_id": best[0].crm_id if len(best) == 1 else "", "synchronize": "no"}

    def context(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """Offers, present partner, what can be done afterwards, and the preview."""
        subject = subject_of(request, selection)
        assert form is not None
        if subject is None:
            return {"message": _now("Select exactly one record.")}
        reason = outside_reason(request, subject.row.label, [subject.row.pk])
        if mapping_of_table(request, subject.row.label) is None:
            return {"message": reason}
        mapping, typed = subject.mapping, request.POST.get("q", "")
        chosen, is_new = form["crm_id"].value() or "", bool(form["create_new"].value())
        return {
            **({"message": reason} if reason else {}),
            "subject": subject,
            "mapping": mapping,
            "own_label": schema(subject.row.label).model.Record.label,
            "other_label": other_label(subject),
            "other_product": getattr(products_of(request), subject.other),
            "new_side": subject.other,
            "products": products_of(request),
            "choices": after_choices(request, mapping),
            "may_create": mapping.allows("to_crm" if subject.side == "erp" else "from_crm"),
            "offers": subject.offers(typed),
            "is_option": mapping.is_option,
            "chosen": chosen,
            "is_new": is_new,
            "chosen_after": form["synchronize"].value() or "no",
            "typed": typed,
            "lines": lines_of(subject, "" if is_new else chosen) if chosen or is_new else [],
            "partners": partners_of(
                subject, "" if is_new else chosen, after_of(subject, form["synchronize"].value(), is_new=is_new)
            ),
            "candidates_url": f"{self.address(request)}candidates/",
            "preview_url": f"{self.address(request)}preview/",
        }

    def address(self, request: HttpRequest) -> str:
        """The address of the dialog."""
        from pages import registry

        return registry.reverse(self.name)

    def submit(
        self, request: HttpRequest, selection: Selection | None, form: forms.Form | None
    ) -> Done | HttpResponseBase:
        """Couple. Raises Rejected at the fields and Refused on top."""
        subject = subject_of(request, selection)
        assert form is not None
        if subject is None:
            raise Rejected([FieldError("", "no_single_record")])
        values = form.cleaned_data
        if not values["create_new"] and not values["crm_id"]:
            raise Rejected([FieldError("crm_id", "partner_missing")])
        if subject.mapping.is_option:
            return couple_option(subject, values)
        return couple_record(subject, values)

    def urls(self) -> Sequence[URLPattern]:
        """The dialog, its offers and its preview."""
        return [
            *super().urls(),
            path(f"{self.path}candidates/", OffersView.as_view(page=self), name=f"{self.name}.candidates"),
            path(f"{self.path}preview/", PreviewView.as_view(page=self), name=f"{self.name}.preview"),
        ]


class FragmentView(PageView):
    """A part of the dialog that is read anew while the user chooses."""

    page: SetUpCoupling
    write_right = "use"

    def is_edit(self) -> bool:
        """It belongs to coupling."""
        return True

    def subject(self) -> Subject | None:
        """The record that the dialog is about."""
        return subject_of(self.request, from_request(self.request))


class OffersView(FragmentView):
    """The offers for what was typed."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """A fragment."""
        subject = self.subject()
        context: dict[str, Any] = {"chosen": request.GET.get("crm_id", ""), "typed": request.GET.get("q", "")}
        if subject is not None:
            context |= {"offers": subject.offers(request.GET.get("q", "")), "subject": subject}
            context |= {"preview_url": f"{self.page.address(request)}preview/"}
        return self.render("coupling/_offers.html", context)


class PreviewView(FragmentView):
    """What the chosen pair would mean, field by field."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """A fragment."""
        subject, chosen = self.subject(), request.GET.get("crm_id", "")
        is_new = "create_new" in request.GET
        context: dict[str, Any] = {"products": products_of(request), "is_new": is_new}
        if subject is not None:
            context["is_option"] = subject.mapping.is_option
        if subject is not None and (chosen or is_new):
            context["lines"] = lines_of(subject, "" if is_new else chosen)
            context["new_side"] = subject.other
            context["chosen_after"] = after_of(subject, request.GET.get("synchronize"), is_new=is_new)
            context["partners"] = partners_of(subject, "" if is_new else chosen, context["chosen_after"])
        return self.render("coupling/_preview.html", context)


def lines_of(subject: Subject, chosen: str) -> list[PreviewLine]:
    """The mapped values of the record and the chosen partner; none for option mappings and unknown keys."""
    if subject.mapping.is_option or (chosen and not keys([chosen])):
        return []
    keys_of = {subject.side: subject.row.pk, subject.other: chosen or None}
    return preview(plan_for(subject.mapping), keys_of["erp"], keys_of["crm"])


def after_of(subject: Subject, chosen: str | None, *, is_new: bool) -> str:
    """Whose values go over after the coupling: the record's own into a new one, else as chosen."""
    return f"use_{subject.side}" if is_new else chosen or "no"


def partners_of(subject: Subject, chosen: str, after: str) -> str:
    """What has to be coupled before the values go over as asked; blank where nothing does."""
    keys_of = {subject.side: subject.row.pk, subject.other: chosen}
    side = next((s for s, way in (("erp", "use_erp"), ("crm", "use_crm")) if way == after), "")
    port = offered()
    if port is None or not side or subject.mapping.is_option or not keys([keys_of[side]]):
        return ""
    return port.missing_partners(subject.request, mapping=subject.mapping, side=side, keys=[keys_of[side]])


def couple_record(subject: Subject, values: dict[str, Any]) -> Done | HttpResponseBase:
    """Couple a record, or only synchronize the pair that is coupled already."""
    user_name = subject.request.user.get_username()
    chosen = "" if values["create_new"] else values["crm_id"]
    if chosen and not keys([chosen]):
        raise Rejected([FieldError("crm_id", "record_missing")])
    if chosen and chosen == subject.partner_id and subject.coupling is not None:
        return _same_partner(subject, values["synchronize"], user_name)
    if subject.partner_id and subject.partner[0] and not values["replace"]:
        raise Rejected([FieldError("replace", "replace_needed", {"partner": subject.partner[0]})])
    ends = {subject.side: [subject.row.pk], subject.other: [chosen] if chosen else []}
    asked = Asked(
        mapping=subject.mapping,
        erp_ids=ends["erp"],
        crm_ids=ends["crm"],
        starts_at=subject.side,
        create_new=values["create_new"],
        replace=values["replace"],
        synchronize=values["synchronize"] or "no",
        user_name=user_name,
    )
    outcome = coupling_set_up(asked)
    if values["create_new"]:
        text = _now("%(record)s is being created on the other side and coupled.") % {"record": subject.row.title}
        return work().follow(subject.request, outcome.jobs, text)
    assert outcome.coupling is not None
    name = record_titles(subject.other_table, [chosen]).get(chosen, "")
    text = _now("%(record)s is coupled with %(partner)s.") % {"record": subject.row.title, "partner": name}
    if outcome.jobs:
        return work().follow(subject.request, outcome.jobs, f"{text} {_now('Synchronizing has started.')}")
    return Done(text)


def _same_partner(subject: Subject, synchronize: str, user_name: str) -> Done | HttpResponseBase:
    direction = DIRECTION_OF.get(synchronize, "")
    assert subject.coupling is not None
    if not direction:
        return Done(_now("The coupling is unchanged."), changed=False)
    coupling_clear_errors(couplings=[subject.coupling])
    started = work().synchronize(
        mapping=subject.mapping.name, direction=direction, erp_ids=[str(subject.coupling.erp_id)], user_name=user_name
    )
    return work().follow(subject.request, started, _now("Synchronizing has started."))


def couple_option(subject: Subject, values: dict[str, Any]) -> Done:
    """Map a code to an option value, or to a new one with the code as its label."""
    value = None if values["create_new"] else _number(values["crm_id"])
    if subject.option is None:
        made = option_mapping_create(mapping=subject.mapping, erp_id=subject.row.pk, option_value=value)
    elif value is not None:
        if value != subject.option.option_value and not values["replace"]:
            raise Rejected([FieldError("replace", "replace_needed", {"partner": subject.option.label})])
        made = option_mapping_update(option_mapping=subject.option, values={"option_value": value})
    else:
        raise Rejected([FieldError("crm_id", "partner_missing")])
    text = _now("%(record)s is coupled with %(partner)s.")
    return Done(text % {"record": subject.row.title, "partner": made.label})


def _number(text: str) -> int:
    if not text.isdigit() or len(text) > 9:
        raise Rejected([FieldError("crm_id", "invalid_value", {"value": text[:50]})])
    return int(text)


def other_label(subject: Subject) -> Any:
    """What the other record is called: the table, or *Option Value*."""
    table = "crm.OptionValue" if subject.mapping.is_option else subject.other_table
    return schema(table).model.Record.label


def products_of(request: HttpRequest) -> Any:
    """The product names of the connection."""
    from coupling.access import connection_of

    return names_of(connection_of(request))


def after_choices(request: HttpRequest, mapping: IntegrationTableMapping) -> list[tuple[str, str, str]]:
    """(value, caption, explanation) of what can follow the coupling, as far as the direction allows it."""
    if mapping.is_option:
        return []
    names = products_of(request)
    erp, crm = schema(mapping.erp_table).model.Record.label, schema(mapping.crm_table).model.Record.label
    words = {"crm": names.crm, "erp": names.erp, "crm_record": crm, "erp_record": erp}
    found = [("no", _now("Synchronize later"), _now("Only store the coupling; the next scheduled job moves the data."))]
    if mapping.allows("to_crm"):
        text = _now("Values in %(erp)s overwrite the record in %(crm)s.") % words
        found.append(("use_erp", _now("Update %(crm)s now") % words, text))
    if mapping.allows("from_crm"):
        text = _now("Values in %(crm)s overwrite the record in %(erp)s.") % words
        found.append(("use_crm", _now("Update %(erp)s now") % words, text))
    return found
