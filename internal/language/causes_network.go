package language

// What stands in the way of a connection. internal/networkerror tells them apart.
var (
	NetworkRefused       = cause("network.refused", "the connection was refused: no server listens at {address}", "se rechazó la conexión: ningún servidor escucha en {address}")
	NetworkUnknownHost   = cause("network.unknown_host", "the host name {name} is not known: look for a slip in it, or see to its DNS record", "no se conoce el nombre {name}: busca una errata, o revisa su registro DNS")
	NetworkNameServer    = cause("network.name_server", "the name server did not say what address {name} has", "el servidor de nombres no dijo qué dirección tiene {name}")
	NetworkNoRoute       = cause("network.no_route", "{address} cannot be reached from this machine: see to its network, or to a firewall in between", "no se llega a {address} desde esta máquina: revisa su red, o los cortafuegos de en medio")
	NetworkConnectSlow   = cause("network.connect_slow", "no connection to {address} came about within {time}: a firewall in between may drop packets", "no se pudo conectar con {address} en {time}: puede que un cortafuegos descarte los paquetes")
	NetworkHandshakeSlow = cause("network.handshake_slow", "the TLS handshake with {address} took more than {time}", "la negociación TLS con {address} duró más de {time}")
	NetworkTimeout       = cause("network.timeout", "there was no answer in time", "no hubo respuesta a tiempo")
	NetworkReset         = cause("network.reset", "the other side broke the connection off", "el otro extremo cortó la conexión")
	NetworkClosed        = cause("network.closed", "the other side closed the connection before it had answered", "el otro extremo cerró la conexión antes de responder")
	NetworkPlain         = cause("network.plain", "it answers without TLS: write http:// in place of https://, or serve it with TLS", "responde sin TLS: escribe http:// en lugar de https://, o sírvelo con TLS")
)

// What is wrong with the certificate of the other side.
var (
	CertificateAuthority = cause("certificate.authority", "its certificate was issued by {issuer}, which is not trusted here", "su certificado lo emitió {issuer}, en quien aquí no se confía")
	CertificateExpired   = cause("certificate.expired", "its certificate expired at {time}", "su certificado caducó el {time}")
	CertificateNotYet    = cause("certificate.not_yet", "its certificate is not valid before {time}", "su certificado no es válido antes del {time}")
	CertificateName      = cause("certificate.name", "its certificate is for {names}, not for {host}", "su certificado es para {names}, no para {host}")
	CertificateNoName    = cause("certificate.no_name", "its certificate names no host, so not {host} either", "su certificado no nombra ningún servidor, así que tampoco {host}")
)

// Answers of backends that are no HTTP. What a backend sent is quoted.
var (
	BackendMalformed   = cause("backend.malformed", "the answer is no HTTP: {why}", "la respuesta no es HTTP: {why}")
	BackendClosed      = cause("backend.closed", "the backend closed the connection before its answer was complete", "el backend cerró la conexión antes de completar su respuesta")
	MalformedBegin     = cause("backend.malformed_begin", "it begins {text}", "empieza por {text}")
	MalformedHeader    = cause("backend.malformed_header", "it has the line {text}", "tiene la línea {text}")
	MalformedLength    = cause("backend.malformed_length", "its length cannot be read from {text}", "su longitud no se puede leer de {text}")
	MalformedHeaders   = cause("backend.malformed_headers", "its headers are longer than {bytes} bytes", "sus cabeceras pasan de {bytes} bytes")
	MalformedInterim   = cause("backend.malformed_interim", "one 1xx after another", "un 1xx tras otro")
	MalformedChunk     = cause("backend.malformed_chunk", "it has the chunk {text}", "tiene el fragmento {text}")
	MalformedChunkEnd  = cause("backend.malformed_chunk_end", "a chunk is longer than it said", "un fragmento es más largo de lo que decía")
	MalformedChunkLine = cause("backend.malformed_chunk_line", "a line between its chunks has no end", "una línea entre sus fragmentos no acaba")
	MalformedTrailers  = cause("backend.malformed_trailers", "its trailers have no end", "sus cabeceras finales no acaban")
)
