"""A temporary server for tests."""

import shutil
import tempfile
from pathlib import Path

from alongside.dev.postgres.embedded import EmbeddedServer


class TemporaryServer(EmbeddedServer):
    """A fast, non-durable server whose folder is removed when it stops."""

    def __init__(self, within: Path | None = None) -> None:
        """Make its folder, where the user that it runs as can reach it; `within` another than that for such things."""
        folder = Path(tempfile.mkdtemp(prefix="alongside-", dir=within))
        folder.chmod(0o755)
        super().__init__(folder, durable=False)

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server and remove its folder."""
        super().stop(at_once=at_once)
        shutil.rmtree(self.folder, ignore_errors=True)
