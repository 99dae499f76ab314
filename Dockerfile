# syntax=docker/dockerfile:1
# Stages: sources (on the builder's own processor) → dev, build; service, the last, is what ships.

# The release of Node in .github/workflows/build.yml and .nvmrc. A tag, not a digest: a rebuild
# takes Debian's security fixes of that release; what is deployed is pinned by the digest pushed.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS sources
WORKDIR /app
# The lock file speaks of the workspaces too, and npm ci wants to see each.
COPY package.json package-lock.json ./
COPY client/package.json ./client/
COPY react/package.json ./react/
COPY local-cognito/package.json ./local-cognito/
COPY examples/account-page/package.json ./examples/account-page/
RUN --mount=type=cache,target=/root/.npm npm ci --prefer-offline --no-audit --no-fund
COPY tsconfig.json openapi.yaml openapi.accounts.yaml openapi.people.yaml openapi.pictures.yaml profile.schema.json ./
COPY tools ./tools
COPY src ./src
COPY local-cognito ./local-cognito

# The local Cognito pool and the account page of docker-compose.yml: never the image to ship.
FROM sources AS dev
COPY client ./client
COPY react ./react
COPY examples ./examples
# What is kept in the volume, and what `docker compose watch` and Vite write.
RUN mkdir .data && chown -R node:node .data client react examples
USER node
CMD ["node", "--import", "tsx", "local-cognito/pool-main.ts"]

# JavaScript, the same for every processor: tools/image/check.ts holds it to that.
FROM sources AS build
COPY LICENSE ./
RUN npm run -s build \
    && mkdir /out && cp -R dist package.json openapi.yaml openapi.accounts.yaml openapi.people.yaml openapi.pictures.yaml profile.schema.json LICENSE /out

# What can't be bundled: sharp, which decodes pictures, with its native code for the processor of the
# tasks. It comes prebuilt, so nothing of it is compiled or run here.
FROM sources AS native
ARG TARGETARCH=amd64
RUN --mount=type=cache,target=/root/.npm cpu=$TARGETARCH && if [ "$cpu" = amd64 ]; then cpu=x64; fi \
    && npm ci --prefer-offline --no-audit --no-fund --omit=dev --ignore-scripts \
      --os=linux --libc=glibc --cpu="$cpu" \
    && mkdir -p /out/node_modules && cd node_modules \
    && cp -R sharp @img detect-libc semver /out/node_modules

# Node for the processor of the tasks. Nothing runs in this stage or in the last one, so an image
# for another processor is built without an emulator.
FROM ${NODE_IMAGE} AS node

# Nothing is installed in the image any more, and a package manager is a way in.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS root
COPY --from=node / /root-of-image/
RUN cd /root-of-image && rm -rf usr/local/lib/node_modules usr/local/bin/npm usr/local/bin/npx \
      usr/local/bin/corepack usr/local/bin/yarn* opt/yarn*

FROM scratch AS service
COPY --from=root /root-of-image/ /
WORKDIR /app
# NODE_OPTIONS, and with it the heap's share of the memory, is the task definition's to set.
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin NODE_ENV=production
# The bundle holds its dependencies, but for sharp. Root owns it: the service has no business changing it.
COPY --from=native /out ./
COPY --from=build /out ./
USER node
EXPOSE 3000 9464
STOPSIGNAL SIGTERM
# ECS leaves it aside: there the load balancer asks. Each question starts Node, so it is asked seldom.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
  CMD ["node", "dist/healthcheck.js"]
# A young generation for many requests under way (decision 3), and V8 keeps what it has compiled when few come (decision 9). Other flags
# may have V8 refuse the compiled form of Node's own modules, and every start takes longer: src/server.ts sets those once it is ready.
CMD ["node", "--max-semi-space-size=32", "--min-semi-space-size=8", "--no-memory-reducer", "dist/server.js"]
# Last, so that a new revision reuses every layer above.
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="user-profile-service" \
      org.opencontainers.image.description="Profiles for people who sign in with Amazon Cognito, kept in DynamoDB and served over REST" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
