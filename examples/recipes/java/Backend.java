import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The guide's backend in Java 17 without any dependency: it signs its pushes itself.
 *
 * <pre>PORT=8080 WEBSOCKET_ENDPOINT=http://127.0.0.1:4566/API-ID/prod java Backend.java</pre>
 *
 * The keys are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the region AWS_REGION. The same
 * with AWS SDK for Java v2 and Spring Boot stands in docs/recipes.md.
 */
public class Backend {
    static final String ENDPOINT = System.getenv("WEBSOCKET_ENDPOINT");
    static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();
    static final Pattern CONNECTION = member("connectionId"), TYPE = member("type");

    /** The connection has closed (410). */
    static class GoneException extends IOException {}

    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        var jobs = Executors.newFixedThreadPool(4);
        server.createContext("/api/reports/create", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Matcher id = CONNECTION.matcher(body), type = TYPE.matcher(body);
            if (!id.find() || !type.find()) {
                answer(exchange, 400, "");
                return;
            }
            answer(exchange, 201, "{\"accepted\":true}");
            jobs.execute(() -> report(id.group(1), type.group(1)));
        });
        server.start();
        System.out.println("listens at http://127.0.0.1:" + server.getAddress().getPort());
    }

    static void report(String connectionId, String type) {
        try {
            push(connectionId, "{\"status\":\"progress\",\"percent\":50}", 6);
            // Make the report here.
            String file = URLEncoder.encode(type, StandardCharsets.UTF_8);
            push(connectionId, "{\"status\":\"done\",\"url\":\"https://files.example.com/" + file + ".xlsx\"}", 1);
            System.out.println("pushed " + type + " to " + connectionId);
        } catch (GoneException e) {
            System.out.println("gone: " + connectionId + " has closed; the report of " + type + " is dropped");
        } catch (IOException | GeneralSecurityException e) {
            System.err.println("push to " + connectionId + " failed: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sends one message. On AWS a connection takes messages only after $connect was answered:
     * until then a push fails with 410, so the first one is tried for a second.
     */
    static void push(String connectionId, String json, int tries) throws IOException, InterruptedException, GeneralSecurityException {
        URI uri = URI.create(ENDPOINT + "/@connections/" + encode(connectionId));
        while (true) {
            var response = HTTP.send(signed(uri, json.getBytes(StandardCharsets.UTF_8)), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 200) {
                return;
            }
            if (response.statusCode() != 410) {
                throw new IOException(response.statusCode() + " " + response.body());
            }
            if (--tries <= 0) {
                throw new GoneException();
            }
            Thread.sleep(200);
        }
    }

    /** A POST with a signature of version 4 for the service execute-api. */
    static HttpRequest signed(URI uri, byte[] body) throws GeneralSecurityException {
        String time = ZonedDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'"));
        String date = time.substring(0, 8), region = System.getenv().getOrDefault("AWS_REGION", "us-east-1");
        String scope = date + "/" + region + "/execute-api/aws4_request";
        StringBuilder path = new StringBuilder();
        for (String segment : uri.getRawPath().substring(1).split("/")) {
            path.append('/').append(encode(segment)); // the path as sent, encoded once more
        }
        String canonical = "POST\n" + path + "\n\nhost:" + uri.getRawAuthority() + "\nx-amz-date:" + time + "\n\nhost;x-amz-date\n" + hash(body);
        String text = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + hash(canonical.getBytes(StandardCharsets.UTF_8));
        byte[] key = ("AWS4" + System.getenv("AWS_SECRET_ACCESS_KEY")).getBytes(StandardCharsets.UTF_8);
        for (String part : new String[] {date, region, "execute-api", "aws4_request"}) {
            key = hmac(key, part);
        }
        return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10))
            .header("X-Amz-Date", time)
            .header("Authorization", "AWS4-HMAC-SHA256 Credential=" + System.getenv("AWS_ACCESS_KEY_ID") + "/" + scope
                + ", SignedHeaders=host;x-amz-date, Signature=" + HexFormat.of().formatHex(hmac(key, text)))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
    }

    static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    static String hash(byte[] bytes) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    }

    /** A member of the mapping template's flat JSON object; with a JSON library, use that. */
    static Pattern member(String name) {
        return Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"\\\\]+)\"");
    }

    static void answer(HttpExchange exchange, int status, String body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
