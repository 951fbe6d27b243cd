import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;

/** Connects again whenever its connection has ended, or has been silent for too long. */
public class OkHttp {
    static final long SILENCE = 1500; // milliseconds

    static class Listener extends WebSocketListener {
        final CountDownLatch ended = new CountDownLatch(1);
        volatile long heard = System.nanoTime();

        @Override
        public void onOpen(WebSocket socket, Response response) {
            System.out.println("open");
        }

        @Override
        public void onMessage(WebSocket socket, String text) {
            heard = System.nanoTime();
            System.out.println(text);
            if (text.equals("end")) System.exit(0);
        }

        @Override
        public void onClosing(WebSocket socket, int code, String reason) {
            ended.countDown();
        }

        @Override
        public void onFailure(WebSocket socket, Throwable error, Response response) {
            ended.countDown();
        }
    }

    public static void main(String[] arguments) throws Exception {
        OkHttpClient client = new OkHttpClient.Builder().connectTimeout(SILENCE, TimeUnit.MILLISECONDS)
            .readTimeout(2 * SILENCE, TimeUnit.MILLISECONDS).build(); // of the handshake
        Request request = new Request.Builder().url(arguments[0]).build();
        while (true) {
            Listener listener = new Listener();
            WebSocket socket = client.newWebSocket(request, listener);
            while (!listener.ended.await(100, TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() - listener.heard > SILENCE * 1_000_000) break;
            }
            socket.cancel();
            listener.ended.await(); // until then it may be given what was read before
            Thread.sleep(20);
        }
    }
}
