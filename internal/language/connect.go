package language

// connectTexts are what "connect" prints during a connection.
var connectTexts = Catalogue{
	"connect.connected":        {"connected to {url}", "conectado a {url}"},
	"connect.lost":             {"the connection is lost ({error}); connecting again", "se perdió la conexión ({error}); conectando otra vez"},
	"connect.silent":           {"the server returned no ping within {time}", "el servidor no devolvió un ping en {time}"},
	"connect.no_session":       {"the URL names a session, and the server keeps none here: when this connection breaks, what it had is lost. Give the stage the tag pasarela:resumeSeconds=300 (docs/resume.md); a server under --strict keeps none", "la URL nombra una sesión, y el servidor no la guarda aquí: si esta conexión se rompe, se pierde lo que tenía. Dale a la etapa la etiqueta pasarela:resumeSeconds=300 (docs/resume.md); un servidor con --strict no guarda ninguna"},
	"connect.closed_by_you":    {"closed by you", "cerrado por ti"},
	"connect.closed_by_server": {"closed by the server, {code}{reason}", "cerrado por el servidor, {code}{reason}"},
	"connect.refused":          {"{url} refused the connection: {status} {body}", "{url} rechazó la conexión: {status} {body}"},
	"connect.why":              {"why: {command}", "por qué: {command}"},
	"connect.no_url":           {"{url} is no WebSocket URL: one begins with ws:// or wss://, such as ws://127.0.0.1:4566/API_ID/prod", "{url} no es una URL de WebSocket, que empieza por ws:// o wss://, como ws://127.0.0.1:4566/API_ID/prod"},
	"connect.no_such_host":     {"{url}: no such host {host}: check the name, or use the URL by path, ws://HOST:PORT/API_ID/STAGE", "{url}: no existe el host {host}: revisa el nombre, o usa la URL por ruta, ws://HOST:PUERTO/API_ID/ETAPA"},
	"connect.no_server":        {"{url}: {error}: does a gateway listen there (pasarela dev, pasarela serve)?", "{url}: {error}: ¿escucha ahí una pasarela (pasarela dev, pasarela serve)?"},
	"connect.untrusted":        {"{url}: {error}: a certificate of your own is trusted with SSL_CERT_FILE=chain.pem in the environment", "{url}: {error}: un certificado propio se acepta con SSL_CERT_FILE=cadena.pem en el entorno"},
	"connect.no_tls":           {"{url}: the server serves no TLS on this port: use ws:// instead of wss://", "{url}: el servidor no habla TLS en este puerto: usa ws:// en vez de wss://"},
	"connect.failed":           {"{url}: {error}", "{url}: {error}"},
	"connect.bad_header":       {"--header: {line} is not \"Name: value\"", "--header: {line} no es \"Nombre: valor\""},
}
