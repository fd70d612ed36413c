"""Ledger books, reports, indicators and charts, made from the ledger and never typed."""
