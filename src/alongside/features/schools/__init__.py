"""The register of schools, imported from the DfE's GIAS, with its history and pages."""
