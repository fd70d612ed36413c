"""The commands of ``guixue``: the same queries and the same gateway as the console's."""
