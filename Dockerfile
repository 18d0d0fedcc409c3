# One image for every service; docker-compose.yml chooses the command.
FROM python:3.13-slim AS build
WORKDIR /app
RUN pip install --no-cache-dir uv
COPY requirements.lock ./
RUN uv venv /venv && uv pip install --python /venv/bin/python --no-cache --require-hashes -r requirements.lock

FROM python:3.13-slim
WORKDIR /app
RUN useradd --system --no-create-home airdisplay
COPY --from=build /venv /venv
COPY shared ./shared
COPY services ./services
COPY airdisplay ./airdisplay
COPY airdisplay_client ./airdisplay_client
COPY web ./web
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER airdisplay
CMD ["python", "-m", "services.banner"]
