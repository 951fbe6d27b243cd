// pasarela as a container of Testcontainers: `npm install --save-dev testcontainers`.
//
//     const { PasarelaContainer } = require("./container.js");
//     const pasarela = await new PasarelaContainer().start();
//     new ApiGatewayV2Client(pasarela.client);
//     await pasarela.stop();
//
// Where PASARELA_BIN names the program no container is made: start() runs the program.
const { AbstractStartedContainer, GenericContainer, Wait } = require("testcontainers");
const { client, env, start } = require("./pasarela.js");

const PORT = 4566;
// This machine, as a container calls it. Podman before 4.7 has host.containers.internal only.
const HOST = process.env.PASARELA_HOST ?? "host.docker.internal";
const IMAGE = "ghcr.io/pasarela-ws/pasarela:latest";

class PasarelaContainer extends GenericContainer {
  /** image: without one, PASARELA_IMAGE, or else the newest release. */
  constructor(image = process.env.PASARELA_IMAGE ?? IMAGE) {
    super(image);
    this.withEnvironment({ PASARELA_LOCAL: "1" });
    if (HOST === "host.docker.internal") this.withExtraHosts([{ host: HOST, ipAddress: "host-gateway" }]);
    this.withExposedPorts(PORT);
    this.withWaitStrategy(Wait.forLogMessage(/^Ready\.$/));
  }

  /** Resolves when the server is ready: to { endpoint, host, client, env, stop }. */
  async start() {
    return process.env.PASARELA_BIN ? start() : new StartedPasarelaContainer(await super.start());
  }
}

class StartedPasarelaContainer extends AbstractStartedContainer {
  get endpoint() {
    return `http://${this.getHost()}:${this.getMappedPort(PORT)}`;
  }
  /** The name of this machine in URIs of integrations; what serves them listens at 0.0.0.0. */
  get host() {
    return HOST;
  }
  get client() {
    return client(this.endpoint);
  }
  get env() {
    return env(this.endpoint);
  }
}

module.exports = { PasarelaContainer, StartedPasarelaContainer };
