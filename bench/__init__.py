"""The figures of README's performance table, one command each."""
