"""HTTP: the JSON API over the same commands and queries the CLI uses."""
