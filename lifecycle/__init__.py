"""The pure core: statecharts, guards, obligations, decide() and evolve(). No I/O, no clock."""
