# CPU: docker build -t mespot .    CUDA: docker build --build-arg TORCH=torch==2.13.0 -t mespot .
FROM python:3.12-slim

ARG TORCH="torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu"

# What OpenCV's wheel expects of a system with a desktop.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /mespot
COPY . .
RUN PIP_NO_CACHE_DIR=1 MESPOT_TORCH="$TORCH" python tools/setup_env.py

ENV PATH=/mespot/.venv/bin:$PATH
ENTRYPOINT ["python"]
CMD ["tools/spot.py", "--help"]
