# The course in a container, of a clone or of a learner's edition:
#   docker build -t pixels .
#   docker run --rm -p 8888:8888 -v "$PWD:/home/learner/course" pixels
FROM python:3.11-slim-bookworm

# Debian keeps only the newest build of a package, so that a pinned one could not be had for long.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 learner \
    && install --directory --owner=learner --group=learner /home/learner/course

USER 1000
WORKDIR /home/learner/course
# VENV tells course.py that the environment is made already.
ENV VENV=/home/learner/venv
ENV PATH=$VENV/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

COPY --chown=learner:learner requirements.lock ./
RUN python -m venv "$VENV" && pip install -r requirements.lock

COPY --chown=learner:learner . .
RUN pip install --no-deps --no-build-isolation -e . && touch "$VENV/ready"

EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser"]
