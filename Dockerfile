# syntax=docker/dockerfile:1

# Built on the same Debian as it runs on: the program links that release's libpq.
FROM rust:1-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpq-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# Without the default feature `bundled-libpq` the system's libpq is linked, which speaks TLS.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked --no-default-features --package kstt-server \
 && cp target/release/kstt /usr/local/bin/kstt
# An image that cannot speak TLS to its database must not come into being unnoticed.
RUN ldd /usr/local/bin/kstt | grep -q 'libpq\.so'

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl libpq5 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin kstt \
 && install --directory --owner=kstt --group=kstt --mode=0700 /var/lib/kstt
COPY --from=build /usr/local/bin/kstt /usr/local/bin/kstt
COPY LICENSE /usr/share/doc/kstt/LICENSE
USER kstt
WORKDIR /var/lib/kstt
# In a container nothing else listens on its addresses.
ENV KSTT_MODE=production \
    KSTT_LISTEN=0.0.0.0:8080 \
    KSTT_VAR_DIR=/var/lib/kstt
VOLUME /var/lib/kstt
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:8080/health/ready"]
ENTRYPOINT ["kstt"]
CMD ["serve"]
