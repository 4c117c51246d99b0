"""The command `fortnox-bridge`."""
