package com.example.reports;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.apigatewayv2.ApiGatewayV2Client;
import software.amazon.awssdk.services.apigatewayv2.model.ProtocolType;

/**
 * The guide: the context starts, a client connects, the POST arrives, the pushes are received.
 * Pasarela.java and PasarelaContainer.java of ../java lie beside this file, in this package. The
 * server is the program that PASARELA_BIN names, or else a container.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class GuideTest {
    static final PasarelaContainer PASARELA = new PasarelaContainer();

    @LocalServerPort
    int port;

    @BeforeAll
    static void keys() {
        System.setProperty("aws.accessKeyId", "test");
        System.setProperty("aws.secretAccessKey", "test");
    }

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        PASARELA.start();
        registry.add("websocket.endpoint", () -> PASARELA.endpoint() + "/guide/prod"); // known before the API is made: its id is a tag's
    }

    @AfterAll
    static void stop() {
        PASARELA.stop();
    }

    @Test
    void aClientThatConnectsGetsItsReport() throws Exception {
        deploy("http://" + PASARELA.host() + ":" + port + "/api/reports/create");
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        WebSocket client = HttpClient.newHttpClient().newWebSocketBuilder()
            .buildAsync(URI.create(PASARELA.socket("guide", "prod") + "?reportType=ventas"), listener(messages)).get(30, TimeUnit.SECONDS);
        assertEquals("{\"status\":\"progress\",\"percent\":50}", messages.poll(30, TimeUnit.SECONDS));
        assertEquals("{\"status\":\"done\",\"url\":\"https://files.example.com/ventas.xlsx\"}", messages.poll(30, TimeUnit.SECONDS));
        client.abort();
    }

    static void deploy(String uri) {
        try (ApiGatewayV2Client apis = ApiGatewayV2Client.builder().endpointOverride(URI.create(PASARELA.endpoint())).region(Region.US_EAST_1)
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))).build()) {
            apis.createApi(r -> r.name("guide").protocolType(ProtocolType.WEBSOCKET)
                .routeSelectionExpression("$request.body.action").tags(Map.of("_custom_id_", "guide")));
            String integration = apis.createIntegration(r -> r.apiId("guide").integrationType("HTTP").integrationMethod("POST").integrationUri(uri)
                .requestTemplates(Map.of("application/json",
                    "{\"connectionId\": \"$context.connectionId\", \"type\": \"$input.params('reportType')\"}"))).integrationId();
            apis.createIntegrationResponse(r -> r.apiId("guide").integrationId(integration).integrationResponseKey("201"));
            apis.createRoute(r -> r.apiId("guide").routeKey("$connect").target("integrations/" + integration));
            apis.createStage(r -> r.apiId("guide").stageName("prod"));
            apis.createDeployment(r -> r.apiId("guide").stageName("prod"));
        }
    }

    static WebSocket.Listener listener(BlockingQueue<String> messages) {
        return new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket client, CharSequence text, boolean last) {
                messages.add(text.toString());
                client.request(1);
                return null;
            }
        };
    }
}
