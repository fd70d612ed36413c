"""The version of this code, written beside every decision so that it can be decided again."""

CODE_VERSION = "0.2.0"
