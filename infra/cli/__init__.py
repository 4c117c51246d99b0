"""The command line `fortnox-bridge`: one module per command, and the main job over real HTTP. Talks to the API as any client does.

Nothing here is deployed and nothing here is a rule of the product: what the commands say comes from the API or from
`bridge.sie`. Progress goes to standard error, results to standard output.
"""
