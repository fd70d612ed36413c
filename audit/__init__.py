"""Verify, replay and the proof of coverage."""
