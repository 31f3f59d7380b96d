"""Management commands of the installation, one module each."""
