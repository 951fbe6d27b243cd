// Connects again whenever its connection has ended, or has been silent for too long.
const WebSocket = require("ws");
const silence = 1500; // milliseconds

function connect() {
  const socket = new WebSocket(process.argv[2], { handshakeTimeout: silence });
  let watch;
  const alive = () => {
    clearTimeout(watch);
    watch = setTimeout(() => socket.terminate(), silence);
  };
  socket.on("open", () => {
    console.log("open");
    alive();
  });
  socket.on("message", (data) => {
    alive();
    console.log(data.toString());
    if (data.toString() === "end") process.exit(0);
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    clearTimeout(watch);
    setTimeout(connect, 20);
  });
}
connect();
