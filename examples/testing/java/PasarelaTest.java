import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** What a JUnit test of {@link Pasarela} does, as a program of its own: javac *.java && java PasarelaTest. */
public class PasarelaTest {
    public static void main(String[] args) throws Exception {
        String health;
        URI address;
        try (Pasarela pasarela = Pasarela.start()) {
            address = URI.create(pasarela.endpoint() + "/_localstack/health");
            health = HttpClient.newHttpClient().send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString()).body();
            check(pasarela.socket("chat", "prod").matches("ws://127\\.0\\.0\\.1:\\d+/chat/prod"), pasarela.socket("chat", "prod"));
        }
        check(health.contains("\"apigatewayv2\"") || health.contains("\"apigateway\""), health);
        try {
            HttpClient.newHttpClient().send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
            check(false, "it still serves after close");
        } catch (IOException e) {
            // it has ended
        }
        try (Pasarela ended = Pasarela.start("/bin/false")) {
            check(false, "a program that ends is no server: " + ended.endpoint());
        } catch (IOException e) {
            check(e.getCause().getMessage().contains("pasarela ended"), e.toString());
        }
        System.out.println("passed");
    }

    static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
