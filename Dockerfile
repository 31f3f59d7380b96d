# The program with its locked requirements; web, worker and beat are the same image with another command.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 TANDEM_ENV=production TANDEM_DATA=/data
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt
COPY . .
RUN python -m config.catalogues \
    && useradd --system --uid 10001 tandem \
    && mkdir /data && chown tandem /data
USER tandem
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--access-logfile", "-"]
