"""Pure appendix work: what was open on a day, how old it is, and why ledger and subledger differ. Knows no network and no texts."""
