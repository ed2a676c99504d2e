FROM node:20-slim AS assets
WORKDIR /site
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY scripts/build_assets.mjs scripts/
COPY static/icons.txt static/
RUN node scripts/build_assets.mjs

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /venv
COPY requirements/base.txt .
RUN /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r base.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home bigep \
    && install -d -o bigep -g bigep /data
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/site/collected
WORKDIR /site
COPY --from=packages /venv /venv
COPY --from=assets /site/static/build static/build
COPY . .
RUN SECRET_KEY=only-while-the-image-is-built-0123456789-abcdefghijklmnopqrstuvwxyz ALLOWED_HOSTS=build.invalid \
    CACHE_URL=redis://build.invalid BROKER_URL=redis://build.invalid BIGEP_VAR=/tmp/build \
    python manage.py collectstatic --no-input --verbosity 0 && rm -rf /tmp/build
USER bigep
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "bigep.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2"]
