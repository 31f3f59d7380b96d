"""Connection, mappings, transformation rules, couplings, option mappings."""

from coupling.models.connection import Connection
from coupling.models.coupling import Coupling
from coupling.models.mapping import IntegrationFieldMapping, IntegrationTableMapping, MappingVersion
from coupling.models.option_mapping import OptionMapping
from coupling.models.transformation import TransformationRule

__all__ = [
    "Connection",
    "Coupling",
    "IntegrationFieldMapping",
    "IntegrationTableMapping",
    "MappingVersion",
    "OptionMapping",
    "TransformationRule",
]
