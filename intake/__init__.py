"""Files from schools and offices: read, normalise, compare, and turn into leads."""
