"""What goes over HTTP, as pydantic models: JSON in camelCase, amounts as decimal strings, unknown fields refused."""
