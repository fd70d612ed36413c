"""The vocabulary: enums, commands, events, case state, identifiers, tables. No I/O, no clock."""
