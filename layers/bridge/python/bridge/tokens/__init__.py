"""Pure token and lease rules: who may use a connection, until when, and what is due. Holds no secret itself."""
