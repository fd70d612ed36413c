"""A fictional county, generated for the school year that holds a given day."""
