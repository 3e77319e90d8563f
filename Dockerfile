# The sandbox in a container: an emulated tenant, two emulated sync servers, and the real Pulumi. docs/sandbox.md.
FROM node:24.21.0-bookworm-slim

RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /home/node/connect-sync-identity
RUN chown node:node .
USER node

COPY --chown=node:node package.json package-lock.json .npmrc ./
RUN npm ci
COPY --chown=node:node . .

# Pulumi and its plugins come into the image; keys and state are made anew in each container.
RUN npm start && npx connect-sync-identity sandbox stop && rm -rf .sandbox

# The sandbox listens on loopback: work inside, with `docker run --rm -it <image>`.
CMD ["bash", "-c", "npm start && exec bash"]
