"""apps.fortnox.se: consent in a browser, tokens, revocation."""
