"""Benchmarks: each a ratio against a peer and a floor in the same run, never a test."""
