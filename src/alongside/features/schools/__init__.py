"""The register of schools: what the DfE's list says of each, how that changed, and the pages that show it."""
