"""A paper from data to bytes: Jinja2 source, blocks, PDF and DOCX."""
