"""Play a fixture on a ``Bus``, as the remote clients of its sessions would.

``replay.replay`` returns a ``Transcript``: what each session said and heard.
"""
