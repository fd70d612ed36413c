"""Side effects a workflow asks for; every one may run twice and acts once."""
