"""Connection, mappings, transformation rules, templates, couplings, option mappings."""

from coupling.models.connection import Connection
from coupling.models.coupling import Coupling
from coupling.models.mapping import IntegrationFieldMapping, IntegrationTableMapping, MappingVersion
from coupling.models.option_mapping import OptionMapping
from coupling.models.template import ConfigTemplate, ConfigTemplateLine
from coupling.models.transformation import TransformationRule

__all__ = [
    "ConfigTemplate",
    "ConfigTemplateLine",
    "Connection",
    "Coupling",
    "IntegrationFieldMapping",
    "IntegrationTableMapping",
    "MappingVersion",
    "OptionMapping",
    "TransformationRule",
]
