"""Integration table mappings, their field lines, and the field lines of earlier versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coupling.choices import RuleCode
from coupling.models.base import CouplingTable, Names
from records.fields import Bool, Choice, Code, DateTime, Int, Memo, Ref, Text
from records.schema import model_of, schema

if TYPE_CHECKING:
    from records.batch import Batch

DIRECTIONS = {
    "bidirectional": _("Bidirectional"),
    "to_crm": _("To Integration Table"),
    "from_crm": _("From Integration Table"),
}
UPDATE_CONFLICTS = {
    "none": _("None"),
    "send": _("Send update to integration table"),
    "get": _("Get update from integration table"),
    "merge": _("Merge"),
}
DELETION_CONFLICTS = {
    "none": _("None"),
    "restore": _("Restore Records"),
    "remove_coupling": _("Delete Coupling"),
}
#: How a version of a mapping came about, beside ordinary editing.
ORIGINS = {
    "install": _("Default installed"),
    "defaults": _("Default Synchronization Setup"),
    "ownership": _("Ownership model changed"),
    "restore": _("Version restored"),
    "import": _("Imported"),
    "wizard": _("New Mapping"),
}
TRANSFORMATION_DIRECTIONS = {"to_crm": DIRECTIONS["to_crm"], "from_crm": DIRECTIONS["from_crm"]}


class IntegrationTableMapping(CouplingTable):
    """One pair of tables. `version` counts changes of the mapping or its field lines; see `MappingVersion`.

    The two `..._fltr` fields are the watermarks of the original: shown as information, decided nothing by.
    """

    name = Code(20, caption=_("Name"), required=True, insert_only=True, unique=True)
    erp_table = Text(80, caption=_("Table"), required=True, insert_only=True)
    crm_table = Text(80, caption=_("Integration Table"), required=True, insert_only=True)
    crm_key_field = Text(64, caption=_("Integration Table Unique ID Field"), insert_only=True)
    direction = Choice(DIRECTIONS, default="bidirectional", caption=_("Direction"))
    only_coupled = Bool(default=True, caption=_("Synch. Only Coupled Records"))
    table_filter = Memo(caption=_("Table Filter"))
    integration_table_filter = Memo(caption=_("Integration Table Filter"))
    update_conflict = Choice(UPDATE_CONFLICTS, default="none", caption=_("Resolve Update Conflicts"))
    deletion_conflict = Choice(DELETION_CONFLICTS, default="none", caption=_("Resolve Deletion Conflicts"))
    depends_on = Names(caption=_("Dependency Filter"))
    disable_event_job_resch = Bool(caption=_("Disable Event-Driven Synchronization"))
    create_new_in_case_of_no_match = Bool(caption=_("Create New in Case of No Match"))
    synch_after_bulk_coupling = Bool(caption=_("Synch. After Bulk Coupling"))
    multi_company_synch_enabled = Bool(caption=_("Multi-Company Synchronization Enabled"))
    synch_int_tbl_mod_on_fltr = DateTime(caption=_("Synch. Int. Tbl. Mod. On Fltr."), readonly=True)
    synch_modified_on_filter = DateTime(caption=_("Synch. Modified On Filter"), readonly=True)
    user_defined = Bool(caption=_("User-Defined"), readonly=True)
    version = Int(default=1, caption=_("Version"), readonly=True)

    SYSTEM: ClassVar[tuple[str, ...]] = ()

    class Meta:
        verbose_name = _("Integration Table Mapping")
        verbose_name_plural = _("Integration Table Mappings")
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["erp_table", "crm_table", "crm_key_field"], name="coupling_one_mapping_per_pair"
            )
        ]

    class Record:
        label = _("Integration Table Mapping")
        plural = _("Integration Table Mappings")
        natural_key = "name"
        title = ("name",)
        search = ("name", "erp_table", "crm_table")
        sort = ("name",)
        path = "mappings"

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """Validation and version; see `coupling.mapping_rules`."""
        from coupling import mapping_rules

        mapping_rules.before_mapping(batch)

    @classmethod
    def after_write(cls, batch: Batch) -> None:
        """Snapshot of the new version, audit."""
        from coupling import mapping_rules

        mapping_rules.after_mapping(batch)

    def __str__(self) -> str:
        return self.name

    @property
    def is_option(self) -> bool:
        """True where codes are mapped to values of an option set instead of records to records."""
        return self.crm_key_field != schema(self.crm_table).pk

    @property
    def erp_model(self) -> Any:
        """The table class of the ERP side."""
        return model_of(self.erp_table)

    @property
    def crm_model(self) -> Any:
        """The table class of the CRM side."""
        return model_of(self.crm_table)

    def allows(self, direction: str) -> bool:
        """True where this mapping carries data in the direction `to_crm` or `from_crm`."""
        return self.direction in ("bidirectional", direction)


class IntegrationFieldMapping(CouplingTable):
    """One field line; lines are processed in the order of `no`. An empty field cell makes it a constant."""

    mapping = Ref(
        IntegrationTableMapping,
        models.CASCADE,
        code="name",
        null=False,
        related_name="lines",
        caption=_("Mapping"),
    )
    no = Int(caption=_("No."), readonly=True)
    erp_field = Text(64, caption=_("Field"))
    crm_field = Text(64, caption=_("Integration Table Field"))
    direction = Choice(DIRECTIONS, default="bidirectional", caption=_("Direction"))
    constant = Text(100, caption=_("Constant Value"))
    validate_erp = Bool(caption=_("Validate Field"))
    validate_crm = Bool(caption=_("Validate Integration Table Field"))
    clear_on_failure = Bool(caption=_("Clear Value on Failed Sync"))
    not_null = Bool(caption=_("Not Null"))
    truncate = Bool(caption=_("Truncate"))
    only_new = Bool(caption=_("Only for New Records"))
    enabled = Bool(default=True, caption=_("Enabled"))
    transformation = RuleCode(20, caption=_("Transformation Rule"))
    transformation_direction = Choice(
        TRANSFORMATION_DIRECTIONS, default="to_crm", caption=_("Transformation Direction")
    )
    match = Bool(caption=_("Use for Match-Based Coupling"))
    match_case_sensitive = Bool(caption=_("Case-Sensitive Matching"))
    match_priority = Int(minimum=0, caption=_("Match Priority"))

    SYSTEM: ClassVar[tuple[str, ...]] = ()

    class Meta:
        verbose_name = _("Integration Field Mapping")
        verbose_name_plural = _("Integration Field Mappings")
        ordering: ClassVar[list[str]] = ["mapping", "no"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["mapping", "no"], name="coupling_line_order", deferrable=models.Deferrable.DEFERRED
            )
        ]

    class Record:
        label = _("Integration Field Mapping")
        plural = _("Integration Field Mappings")
        natural_key = None
        title = ("erp_field", "crm_field")
        search = ("erp_field", "crm_field")
        sort = ("no",)
        path = "mapping-fields"

    @classmethod
    def allocate(cls, batch: Batch) -> None:
        """The next place in the order of the mapping."""
        from coupling import mapping_rules

        mapping_rules.number_lines(batch)

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """Validation; see `coupling.mapping_rules`."""
        from coupling import mapping_rules

        mapping_rules.before_lines(batch)

    @classmethod
    def after_write(cls, batch: Batch) -> None:
        """A new version of the mapping."""
        from coupling import mapping_rules

        mapping_rules.after_lines(batch)

    def __str__(self) -> str:
        return f"{self.erp_field} - {self.crm_field}"

    @property
    def key(self) -> str:
        """The ERP field, without one the CRM field; `line_keys` tells lines with the same ERP field apart."""
        return self.erp_field or self.crm_field


class MappingVersion(models.Model):
    """What a mapping and its field lines were in one version, and who made it so; older `base` arrays are read by it.

    It outlives the mapping: `version` goes on where a mapping of the same name is made again. `origin`: how the version
    came about (a key of `ORIGINS`), `origin_version`: the version that was restored.
    """

    id = models.BigAutoField(primary_key=True)
    mapping = models.CharField(max_length=20)
    version = models.IntegerField()
    snapshot = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    changed_by = models.CharField(max_length=80, blank=True, default="")
    source = models.CharField(max_length=20, blank=True, default="")
    origin = models.CharField(max_length=20, blank=True, default="")
    origin_version = models.IntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["mapping", "version"], name="coupling_one_snapshot_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.mapping} {self.version}"
