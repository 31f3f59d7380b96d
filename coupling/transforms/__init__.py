"""Transformation rules as pure functions: text in, text out. No Django, no database, no clock.

`rules` says what a rule is, `build` turns one into a step, `chains` runs steps over the values of a chunk, and
`stability` tells whether a rule may stand in a bidirectional line.
"""
