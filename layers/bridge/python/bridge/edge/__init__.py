"""The HTTP wall and the workflow wall: models in and out, problems as RFC 9457, who is calling. The doors' only tools.

Nothing is decided here. Pydantic lives here and in `bridge.fortnox`; Powertools lives here alone.
"""
