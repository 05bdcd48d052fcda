# Every RUN is a script of this repository or a plain command of Swift, so that all of it is tested without Docker:
# scripts/check-container runs the finished steps, scripts/check-linkage compares the libraries.

FROM swift:6.3-bookworm AS build
WORKDIR /dino-server

COPY scripts/setup scripts/
RUN scripts/setup

# Packages are fetched again only when Package.swift changes.
COPY Package.swift ./
RUN swift package resolve

COPY scripts/docker/build scripts/docker/
COPY Sources Sources
COPY Tests Tests
COPY Benchmarks Benchmarks
COPY openapi.yaml ./
RUN scripts/docker/build /out

FROM debian:bookworm-slim
RUN --mount=type=bind,source=scripts,target=/scripts \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    --mount=type=cache,target=/var/cache/apt,sharing=locked \
    /scripts/setup --runtime

RUN --mount=type=bind,source=scripts,target=/scripts \
    /scripts/docker/data-folder 10001:10001 /var/lib/dino-server

COPY scripts/docker/healthcheck /usr/local/bin/
COPY weights/dino-vit-tiny-8-64 /usr/local/share/dino-server/weights/dino-vit-tiny-8-64
COPY --from=build /out/dino-server /usr/local/bin/

# All interfaces, inside the container's own network: the server starts only with DINO_INSECURE=true, which says that
# everybody who reaches the published port may use it.
# Two heaps keep memory flat where glibc would keep one for each of many threads; OpenBLAS needs no threads of its own.
ENV MALLOC_ARENA_MAX=2 \
    OPENBLAS_NUM_THREADS=1 \
    DINO_HOST=0.0.0.0 \
    DINO_PORT=8080 \
    DINO_MODEL=/usr/local/share/dino-server/weights/dino-vit-tiny-8-64 \
    DINO_DATABASE=/var/lib/dino-server/collection.sqlite
EXPOSE 8080
VOLUME /var/lib/dino-server
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/usr/local/bin/healthcheck"]
ENTRYPOINT ["/usr/local/bin/dino-server"]
CMD ["serve"]
