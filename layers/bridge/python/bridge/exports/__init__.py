"""Pure export work: closing entries, markers, preflight checks and the per-voucher state machine. Knows no network."""
