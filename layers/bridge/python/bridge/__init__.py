"""The house: everything Fortnox Bridge knows, in rooms that import only inward.

Doors (functions/) call one flow each; flows read, decide in the pure rooms, and write through ports.
"""
