"""REST API of connection, mappings, transformation rules, templates, couplings and option mappings."""

from pages.api import register_view


def register() -> None:
    """Mount the resources of this app below /api/v1/."""
    from coupling.api import (
        connection,
        couplings,
        lines,
        mappings,
        option_mappings,
        templates,
        transfer,
        transformation_rules,
    )

    register_view("connection", connection.ConnectionView, name="connection")
    register_view("connection/test", connection.TestView, name="connection_test")
    register_view("connection/enable", connection.EnableView, name="connection_enable")
    register_view("connection/disable", connection.DisableView, name="connection_disable")
    register_view("connection/company", connection.CompanyView, name="connection_company")
    register_view("mappings/reset", mappings.ResetView, name="mappings_reset")
    register_view("mappings/export", transfer.ExportView, name="mappings_export")
    register_view("mappings/import", transfer.ImportView, name="mappings_import")
    register_view("mappings/<str:name>/versions", transfer.VersionsView, name="mapping_versions")
    register_view("mappings/<str:name>/versions/<int:version>/restore", transfer.RestoreView, name="mapping_restore")
    register_view("mappings/<str:name>/fields", lines.LinesView, name="mapping_fields")
    register_view("mappings/<str:name>/fields/<str:pk>", lines.LineView, name="mapping_field")
    register_view("mappings/<str:name>/fields/<str:pk>/move", lines.LineMoveView, name="mapping_field_move")
    register_view("mappings", mappings.MappingViewSet, name="mapping")
    register_view("couplings/candidates", couplings.CandidatesView, name="coupling_candidates")
    register_view("couplings", couplings.CouplingViewSet, name="coupling")
    register_view("transformation-rules/<str:code>/try", transformation_rules.TryView, name="transformation_rule_try")
    register_view("transformation-rules", transformation_rules.RuleViewSet, name="transformation_rule")
    register_view("templates", templates.TemplateViewSet, name="template")
    register_view("option-mappings", option_mappings.OptionMappingViewSet, name="option_mapping")
