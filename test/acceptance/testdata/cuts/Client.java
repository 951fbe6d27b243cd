import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Connects again whenever its connection has ended, or has been silent for too long. */
public class Client {
    static final long SILENCE = 1500; // milliseconds

    static class Listener implements WebSocket.Listener {
        final CountDownLatch ended = new CountDownLatch(1);
        final StringBuilder text = new StringBuilder();
        volatile long heard = System.nanoTime();

        @Override
        public void onOpen(WebSocket socket) {
            System.out.println("open");
            socket.request(1);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            heard = System.nanoTime();
            text.append(data);
            if (last) {
                System.out.println(text);
                if (text.toString().equals("end")) System.exit(0);
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            ended.countDown();
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            ended.countDown();
        }
    }

    public static void main(String[] arguments) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        while (true) {
            Listener listener = new Listener();
            WebSocket socket = null;
            try {
                socket = client.newWebSocketBuilder().connectTimeout(Duration.ofMillis(SILENCE))
                    .buildAsync(URI.create(arguments[0]), listener).get(2 * SILENCE, TimeUnit.MILLISECONDS);
                while (!listener.ended.await(100, TimeUnit.MILLISECONDS)) {
                    if (System.nanoTime() - listener.heard > SILENCE * 1_000_000) break;
                }
            } catch (Exception refused) {
                // it is tried again
            }
            if (socket != null) socket.abort();
            Thread.sleep(20);
        }
    }
}
