"""Pure job facts: what an import or export is doing, step by step, and how it ended."""
