"""The register: persons and organisations, their identifiers, and what of theirs is taxed."""
