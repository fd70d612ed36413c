"""Settings, logging, Temporal client and codec, embedded servers and their supervisor."""
