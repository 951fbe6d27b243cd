package entrance

// Parse reads a handshake.
var Parse = parse
