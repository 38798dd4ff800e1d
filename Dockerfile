# The image for production: no compiler, no cache, no root. `compose.yaml` shows how it is run.

FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/ansprechbar
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt
COPY . .
RUN python manage.py compile_catalogues \
    && python manage.py collectstatic --noinput --verbosity 0 \
    && python manage.py shell --command "from portal.fonts import typefaces; typefaces()" \
    && python -m compileall -q contacts portal projects

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home ansprechbar
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/ansprechbar /srv/ansprechbar
WORKDIR /srv/ansprechbar
# The folders that the site writes to; compose.yaml puts a volume at each.
RUN install --directory --owner=ansprechbar --mode=700 var/files var/state
ARG RELEASE=""
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MODE=production \
    RELEASE=$RELEASE \
    BIND=0.0.0.0:8000
USER ansprechbar
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "-c", \
    "import urllib.request as request; request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
ENTRYPOINT ["deploy/start"]
