"""Whom a report can be about: staff find anybody, everybody else only their own."""

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from api import pagination, shapes
from api.problems import broken, invalid
from api.schema import PAGING, describe, page_of
from api.shapes import StudentSerializer
from api.views import ApiView, viewing
from parties.cursors import Cursors
from parties.models import Student

_LONGEST_QUERY = 40


class StudentsView(ApiView):
    queries = pagination.QUERIES | {"q"}

    @describe(
        "可报告的学生",
        answers={200: page_of("StudentPage", StudentSerializer(many=True))},
        codes=["cursor.invalid"],
        parameters=[OpenApiParameter("q", str, description="姓名或班级的一部分"), *PAGING],
        tags=["crises"],
    )
    def get(self, request: Request) -> Response:
        wanted = request.query_params.get("q", "").strip()
        if len(wanted) > _LONGEST_QUERY:
            raise invalid(broken("q", "max_length"))
        with viewing(request) as viewer:
            rows = viewer.rows(Student)
            if wanted:
                rows = rows.filter(
                    Q(person__name__icontains=wanted) | Q(school_class__name__icontains=wanted)
                )
            found, following = pagination.page(
                rows,
                by=("person__name", "pk"),
                cursors=Cursors.of(viewer, "students", [wanted]),
                request=request,
            )
            return Response(
                pagination.answer(found, following, lambda row: shapes.student(row) or {})
            )
