import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The guide with JUnit 5 and no other library: a client connects, the backend's POST arrives,
 * and the client gets the push. With AWS's SDK and Spring Boot it is shorter: see spring/.
 */
class GuideTest {
    static final HttpClient HTTP = HttpClient.newHttpClient();
    static Pasarela pasarela;

    @BeforeAll
    static void start() throws IOException {
        pasarela = Pasarela.start();
    }

    @AfterAll
    static void stop() {
        pasarela.close();
    }

    @Test
    void aClientThatConnectsGetsItsPush() throws Exception {
        CompletableFuture<String> order = new CompletableFuture<>();
        HttpServer backend = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        backend.createContext("/api/reports/create", exchange -> {
            order.complete(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(201, -1);
            exchange.close();
        });
        backend.start();
        try {
            deploy("http://127.0.0.1:" + backend.getAddress().getPort() + "/api/reports/create");
            CompletableFuture<String> message = new CompletableFuture<>();
            WebSocket client = HTTP.newWebSocketBuilder()
                .buildAsync(URI.create(pasarela.socket("guide", "prod") + "?reportType=ventas"), listener(message)).get(30, TimeUnit.SECONDS);
            String body = order.get(30, TimeUnit.SECONDS);
            assertEquals("ventas", member(body, "type"));
            String id = member(body, "connectionId").replace("=", "%3D");
            call("/guide/prod/@connections/" + id, "execute-api", "{\"status\":\"done\"}");
            assertEquals("{\"status\":\"done\"}", message.get(30, TimeUnit.SECONDS));
            client.abort();
        } finally {
            backend.stop(0);
        }
    }

    static void deploy(String uri) throws Exception {
        call("/v2/apis", "apigateway", """
            {"name": "guide", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action", "tags": {"_custom_id_": "guide"}}""");
        String integration = member(call("/v2/apis/guide/integrations", "apigateway", """
            {"integrationType": "HTTP", "integrationMethod": "POST", "integrationUri": "%s", "requestTemplates": {"application/json":
             "{\\"connectionId\\": \\"$context.connectionId\\", \\"type\\": \\"$input.params('reportType')\\"}"}}""".formatted(uri)), "integrationId");
        call("/v2/apis/guide/integrations/" + integration + "/integrationresponses", "apigateway", "{\"integrationResponseKey\": \"201\"}");
        call("/v2/apis/guide/routes", "apigateway", "{\"routeKey\": \"$connect\", \"target\": \"integrations/%s\"}".formatted(integration));
        call("/v2/apis/guide/stages", "apigateway", "{\"stageName\": \"prod\"}");
        call("/v2/apis/guide/deployments", "apigateway", "{\"stageName\": \"prod\"}");
    }

    /** A POST as the test's key pair. With --local its signature is not looked at; AWS's SDK makes a right one. */
    static String call(String path, String service, String body) throws Exception {
        HttpResponse<String> response = HTTP.send(HttpRequest.newBuilder(URI.create(pasarela.endpoint() + path))
            .header("Content-Type", "application/json").header("X-Amz-Date", "20260101T000000Z")
            .header("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/" + service + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=0")
            .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
        assertTrue(response.statusCode() < 300, response.statusCode() + " " + response.body());
        return response.body();
    }

    static String member(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
        assertTrue(found.find(), json);
        return found.group(1);
    }

    static WebSocket.Listener listener(CompletableFuture<String> message) {
        return new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket client, CharSequence text, boolean last) {
                message.complete(text.toString());
                return null;
            }
        };
    }
}
