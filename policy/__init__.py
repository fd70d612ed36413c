"""The rules in force as dated data with their sources, and the calendars days are counted by."""
