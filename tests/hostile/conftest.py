from tests.engine.conftest import handlers

__all__ = ["handlers"]
