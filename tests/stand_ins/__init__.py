"""Stand-ins for the world: every port kept in memory, and a small Fortnox that does what it is told."""
