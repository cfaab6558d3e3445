"""`dr`: what an operator types. Ctrl-C is understood from the first moment on, so the rest is loaded late."""


def main() -> None:
    """Run the command that was typed, and end with its exit code."""
    try:
        from dr.commands import run  # noqa: PLC0415 - loading takes a second, in which Ctrl-C may come

        run()
    except KeyboardInterrupt:
        from dr.envelope import interrupted  # noqa: PLC0415 - the same

        # After a signal inside exec() of text, as in dataclasses, CPython ends by it, until another exec().
        exec("")  # noqa: S102
        interrupted()


if __name__ == "__main__":
    main()
