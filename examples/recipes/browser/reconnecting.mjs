/**
 * Keeps a connection open: it comes back after half a second, then after twice as long
 * each time up to 30 s, with some chance in it so that clients do not come back together.
 * A new connection has a new id and runs $connect again: for the guide that orders the
 * report again, unless the URL names a session (docs/resume.md). AWS closes connections
 * after 2 hours and after 10 minutes of silence, so every client needs this.
 */
export function reconnecting(url, onMessage, { first = 500, longest = 30_000 } = {}) {
  let socket, timer, wait = first, stopped = false;
  const open = () => {
    socket = new WebSocket(url);
    socket.addEventListener("message", (event) => {
      wait = first; // it works
      onMessage(JSON.parse(event.data));
    });
    socket.addEventListener("close", () => {
      if (stopped) return;
      timer = setTimeout(open, wait * (0.5 + Math.random() / 2));
      wait = Math.min(wait * 2, longest);
    });
    socket.addEventListener("error", () => {}); // close follows
  };
  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    socket.close(1000);
  };
}
