"""Pure double entry: exact money, accounts, vouchers in columns, balances at a day. Knows no file format and no network."""
