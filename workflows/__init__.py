"""Temporal shells around the pure core. Deterministic: no clock, no I/O, no rules."""
