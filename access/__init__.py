"""Who acts and what they may see: tokens, scopes, field classes."""
