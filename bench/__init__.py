"""Reproducible measurements; each prints its figures from one run."""
