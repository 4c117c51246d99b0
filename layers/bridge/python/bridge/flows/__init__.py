"""One module per use case: read everything, decide in the pure rooms, write last. Takes ports, never another flow."""
