from tests.api.conftest import crisis, other_school, quick_passwords, world

__all__ = ["crisis", "other_school", "quick_passwords", "world"]
