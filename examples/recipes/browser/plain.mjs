/**
 * Opens one connection and hands each message over as an object. The browser tells no
 * status of a refused handshake: `pasarela explain --last` does.
 */
export function connect(url, onMessage, onClose = () => {}) {
  const socket = new WebSocket(url);
  socket.addEventListener("message", (event) => onMessage(JSON.parse(event.data)));
  socket.addEventListener("close", (event) => onClose(event.code, event.reason));
  return () => socket.close(1000);
}
