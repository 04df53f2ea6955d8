# One image for web, workers, beat, watch and migrate; docker-compose.yml says which is which.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    UV_PYTHON_DOWNLOADS=never \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    SANFANG_ENV=production \
    PATH=/app/.venv/bin:$PATH

WORKDIR /app
# The Chinese letters of every PDF; pg_dump and its kind as new as the db service, for manage.py
# backup: an older one refuses a newer server, so they come from the project's own packages.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates fonts-noto-cjk postgresql-common \
    && /usr/share/postgresql-common/pgdg/*.sh -y \
    && apt-get install -y --no-install-recommends postgresql-client-18 \
    && rm -rf /var/lib/apt/lists/*
# A new volume for attachments takes owner and mode from the folder made here.
RUN pip install --no-cache-dir uv==0.13.9 \
    && useradd --system --uid 10001 --no-create-home sanfang \
    && install -d -m 0700 -o sanfang /attachments

COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache

COPY . .
RUN python manage.py collectstatic --no-input

USER sanfang
EXPOSE 8000
# Temporary files of gunicorn's heartbeat belong in memory: a slow disk must not look like a hang.
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "8", "--timeout", "30", "--worker-tmp-dir", "/dev/shm", \
     "--access-logfile", "-"]
