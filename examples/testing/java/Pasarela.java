import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pasarela for tests in Java 17: the program that PASARELA_BIN names, or else `pasarela` of
 * PATH. No library is needed. With JUnit 5:
 *
 * <pre>
 * static Pasarela pasarela;
 * &#64;BeforeAll static void start() throws IOException { pasarela = Pasarela.start(); }
 * &#64;AfterAll static void stop() { pasarela.close(); }
 *
 * &#64;DynamicPropertySource // Spring Boot
 * static void properties(DynamicPropertyRegistry r) { r.add("spring.cloud.aws.endpoint", pasarela::endpoint); }
 * </pre>
 */
public final class Pasarela implements AutoCloseable {
    private static final Pattern SERVES = Pattern.compile("serves (http\\S+) ");

    private final Process process;
    private final Path data;
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private String endpoint;

    private Pasarela(Process process, Path data) {
        this.process = process;
        this.data = data;
    }

    /** Starts the program that PASARELA_BIN names and returns when it serves. */
    public static Pasarela start() throws IOException {
        return start(System.getenv().getOrDefault("PASARELA_BIN", "pasarela"));
    }

    /** Starts a program and returns when it serves, within 30 seconds. */
    public static Pasarela start(String program) throws IOException {
        Path data = Files.createTempDirectory("pasarela-");
        Pasarela p;
        try {
            p = new Pasarela(new ProcessBuilder(program, "serve", "--local", "--data", data.toString(), "--listen", "127.0.0.1:0")
                .redirectErrorStream(true).start(), data);
        } catch (IOException e) {
            Files.delete(data);
            throw e;
        }
        Thread reader = new Thread(p::read, "pasarela-output"); // ends with the program
        reader.setDaemon(true);
        reader.start();
        try {
            p.endpoint = p.ready.get(30, TimeUnit.SECONDS);
            return p;
        } catch (ExecutionException | TimeoutException e) {
            p.close();
            throw new IOException("pasarela is not ready", e);
        } catch (InterruptedException e) {
            p.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The endpoint of every service, such as http://127.0.0.1:40123. */
    public String endpoint() {
        return endpoint;
    }

    /** The URL of a stage for WebSocket clients. */
    public String socket(String apiId, String stage) {
        return "ws" + endpoint.substring("http".length()) + "/" + apiId + "/" + stage;
    }

    private void read() {
        StringBuilder output = new StringBuilder();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line; (line = lines.readLine()) != null; ) {
                if (ready.isDone()) {
                    continue; // read on, so that the program never waits
                }
                output.append(line).append('\n');
                Matcher serves = SERVES.matcher(output);
                if (line.equals("Ready.") && serves.find()) {
                    ready.complete(serves.group(1));
                }
            }
            ready.completeExceptionally(new IOException("pasarela ended:\n" + output));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    /** Ends the program and deletes its data. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            try (var files = Files.walk(data)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
