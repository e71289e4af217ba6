# syntax=docker/dockerfile:1
# docker build --build-arg BUILD_COMMIT=$(git rev-parse --short=12 HEAD) -t signet .

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
ARG BUILD_COMMIT=
ARG SOURCE_DATE_EPOCH
# Files that were copied keep their times: what was built of newer ones would pass for theirs.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    find . -path ./target -prune -o -type f -exec touch {} + && \
    cargo build --release --locked && \
    mkdir -p /out/var/lib/signet && \
    cp target/release/signet /out/signet

# glibc, the certificates of the public authorities, and the user 65532: no shell.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/signet /usr/local/bin/signet
COPY --from=build --chown=65532:65532 --chmod=0700 /out/var/lib/signet /var/lib/signet
# SQLite sorts what is large in files: the root file system may be read-only.
ENV SIGNET_LISTEN=0.0.0.0:8080 \
    SIGNET_DATA_DIR=/var/lib/signet \
    SQLITE_TMPDIR=/var/lib/signet
WORKDIR /var/lib/signet
VOLUME ["/var/lib/signet"]
EXPOSE 8080
USER 65532:65532
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["/usr/local/bin/signet", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/signet"]
CMD ["serve"]
