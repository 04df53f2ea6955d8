from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from parties import api_keys, schools
from parties.errors import InvalidInput


class Command(BaseCommand):
    help = "为企业系统生成一把 API 密钥；只显示这一次。Make an API key for a company's system."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", required=True, help="学校代码")
        parser.add_argument("--uscc", required=True, help="企业统一社会信用代码")
        parser.add_argument("--person", type=UUID, help="密钥代表的企业人员（只有一人时可省略）")

    def handle(self, *, school: str, uscc: str, person: UUID | None, **options: Any) -> None:
        school_id = schools.find(school)
        if school_id is None:
            raise CommandError(f"没有代码为 {school} 的学校。")
        try:
            plain = api_keys.make(school_id=school_id, uscc=uscc, person_id=person)
        except InvalidInput as refused:
            raise CommandError(f"{refused} {refused.mend}") from refused
        self.stdout.write(plain)
