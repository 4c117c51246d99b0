"""Texts: a code and its parameters become a sentence, in Swedish or English. Every text a person reads of ours lives here.

`sv.json` and `en.json` have the same keys and the same `{parameters}`; the console reads the same files. Nothing else
belongs here: no decision, no HTTP. The edge and the command line call it; the core only knows codes.
"""

from bridge.messages.catalogue import activity, detail, finding, text, title
from bridge.messages.formats import amount, number
from bridge.messages.languages import LANGUAGES, language

__all__ = ["LANGUAGES", "activity", "amount", "detail", "finding", "language", "number", "text", "title"]
