import java.io.IOException;
import java.io.UncheckedIOException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * pasarela as a container of Testcontainers (org.testcontainers:testcontainers). Where
 * PASARELA_BIN names the program no container is made: the program is started instead.
 *
 * <pre>
 * &#64;Testcontainers
 * class ChatTest {
 *     &#64;Container static final PasarelaContainer pasarela = new PasarelaContainer();
 * </pre>
 */
public class PasarelaContainer extends GenericContainer<PasarelaContainer> {
    private static final int PORT = 4566;
    private static final String IMAGE = "ghcr.io/pasarela-ws/pasarela:latest";
    private static final String DOCKER_HOST = "host.docker.internal";

    private final boolean started = System.getenv("PASARELA_BIN") != null;
    private Pasarela program;

    /** Of the image that PASARELA_IMAGE names, or else of the newest release. */
    public PasarelaContainer() {
        this(DockerImageName.parse(System.getenv().getOrDefault("PASARELA_IMAGE", IMAGE)));
    }

    public PasarelaContainer(DockerImageName image) {
        super(image);
        withEnv("PASARELA_LOCAL", "1");
        withExposedPorts(PORT);
        if (containerHost().equals(DOCKER_HOST)) {
            withExtraHost(DOCKER_HOST, "host-gateway");
        }
        waitingFor(Wait.forLogMessage("Ready\\.\\s*", 1));
    }

    @Override
    public void start() {
        if (!started) {
            super.start();
            return;
        }
        try {
            program = program == null ? Pasarela.start() : program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        if (!started) {
            super.stop();
        } else if (program != null) {
            program.close();
            program = null;
        }
    }

    /** The endpoint of every service, such as http://localhost:40123. */
    public String endpoint() {
        return started ? program.endpoint() : "http://" + getHost() + ":" + getMappedPort(PORT);
    }

    /** The URL of a stage for WebSocket clients. */
    public String socket(String apiId, String stage) {
        return "ws" + endpoint().substring("http".length()) + "/" + apiId + "/" + stage;
    }

    /** The name of this machine in URIs of integrations; what serves them listens at 0.0.0.0. */
    public String host() {
        return started ? "127.0.0.1" : containerHost();
    }

    /** This machine, as a container calls it. Podman before 4.7 has host.containers.internal only. */
    private static String containerHost() {
        return System.getenv().getOrDefault("PASARELA_HOST", DOCKER_HOST);
    }
}
