package accept

// Parse reads a handshake.
var Parse = parse
