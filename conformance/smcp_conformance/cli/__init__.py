"""The plugin author's kit: what `cli.py` files promise with `--describe`, and whether they keep it.

`runner` starts one command the way a user would, `discovery` finds plugins and asks what they offer, `contract`,
`agreement` and `behaviour` hold the checks, `laws` brings those that authors wrote themselves, `collect` makes pytest
items of them.
"""
