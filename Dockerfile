# The KRM function as a container: no shell, no root, nothing to write, no network.
FROM node:24-alpine AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && find dist -name "*.map" -delete

FROM gcr.io/distroless/nodejs24-debian12:nonroot
LABEL org.opencontainers.image.title="sidelint-krm" \
      org.opencontainers.image.description="Says offline which pods get an Istio sidecar, and writes it into manifests, as a KRM function." \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /src/package.json /src/LICENSE /app/
COPY --from=build /src/dist/THIRD-PARTY-NOTICES.txt /src/dist/sidelint-krm.js /app/dist/
COPY --from=build /src/dist/chunks /app/dist/chunks
# Files that a functionConfig names are read from here: mount them, read-only.
WORKDIR /config
USER 65534:65534
ENV NODE_ENV=production
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/sidelint-krm.js"]
