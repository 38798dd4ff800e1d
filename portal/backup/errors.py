class BackupError(Exception):
    """Why there is no backup, or why one was not restored; for the operator."""
