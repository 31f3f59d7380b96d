"""Connection, mappings, couplings, option mappings."""

from coupling.models.connection import Connection
from coupling.models.coupling import Coupling
from coupling.models.mapping import IntegrationFieldMapping, IntegrationTableMapping, MappingVersion
from coupling.models.option_mapping import OptionMapping

__all__ = [
    "Connection",
    "Coupling",
    "IntegrationFieldMapping",
    "IntegrationTableMapping",
    "MappingVersion",
    "OptionMapping",
]
