"""``python -m ser.audit data=emodb cv=speaker``."""

from ser.audit.command import main

if __name__ == "__main__":
    main()
