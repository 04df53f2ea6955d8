"""Lets a new root key take over: the first of SANFANG_ROOT_KEY wraps every school's key anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from parties import keyring, schools
from parties.errors import KeyUnavailable
from parties.tenancy import scope


class Command(BaseCommand):
    help = "用 SANFANG_ROOT_KEY 中的第一把钥匙重新封装各校密钥；完成后才可去掉旧钥匙。"

    def handle(self, **options: Any) -> None:
        changed = 0
        for school_id in schools.all_ids():
            try:
                with scope(school_id):
                    changed += keyring.rewrap(school_id)
            except KeyUnavailable as error:
                raise CommandError(f"学校 #{school_id}：{error}") from None
        self.stdout.write(self.style.SUCCESS(f"已重新封装 {changed} 把学校密钥。"))
