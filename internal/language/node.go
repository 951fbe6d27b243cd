package language

// nodeTexts are the page of a node, and what keeps one from starting.
var nodeTexts = Catalogue{
	"home.what":            {"AWS API Gateway's WebSocket APIs, served by this machine.", "Las API WebSocket de AWS API Gateway, servidas por esta máquina."},
	"home.console":         {"the web console", "la consola web"},
	"home.connect":         {"WebSocket clients connect to the ApiEndpoint of an API and /STAGE", "los clientes WebSocket conectan al ApiEndpoint de una API y /ETAPA"},
	"home.guide":           {"AWS clients take this address as --endpoint-url; README.md and docs/es/guia.md show how", "los clientes de AWS toman esta dirección como --endpoint-url; README.md y docs/es/guia.md enseñan cómo"},
	"node.no_data":         {"--data: a directory is needed, also with --nats-url, for this node's credentials file", "--data: hace falta un directorio, también con --nats-url, para el archivo de credenciales de este nodo"},
	"node.no_host_name":    {"--node-name: none is given and the host has none: {error}", "--node-name: no se dio ninguno y la máquina no tiene: {error}"},
	"node.not_form":        {"{setting}: {value} is not {form}", "{setting}: {value} no es {form}"},
	"node.form_region":     {"a region such as us-east-1", "una región como us-east-1"},
	"node.form_account":    {"12 digits", "12 cifras"},
	"node.form_host":       {"a host name such as example.com", "un nombre de host como example.com"},
	"node.form_name":       {"up to 64 letters, digits, dots, dashes and underscores", "hasta 64 letras, cifras, puntos, guiones y guiones bajos"},
	"node.form_address":    {"host:port", "host:puerto"},
	"node.form_public":     {"http(s)://host[:port]", "http(s)://host[:puerto]"},
	"node.drain_delay":     {"--drain-delay: {delay} is more than half of --stop-patience, {patience}, in which everything has to end", "--drain-delay: {delay} es más de la mitad de --stop-patience, {patience}, en el que todo tiene que terminar"},
	"node.export_every":    {"--export-every: {every} is less than {least}", "--export-every: {every} es menos que {least}"},
	"node.negative":        {"{setting}: {value} is less than 0; 0 is the default", "{setting}: {value} es menor que 0; 0 es el valor por defecto"},
	"node.half_tls":        {"--tls-cert and --tls-key: one is given without the other", "--tls-cert y --tls-key: se dio uno sin el otro"},
	"node.port_taken":      {"--listen {address}: {error}: another program has this port, maybe another pasarela; stop it, or give another with --listen", "--listen {address}: {error}: otro programa tiene este puerto, quizá otra pasarela; párala, o da otro con --listen"},
	"node.other_place":     {"{setting}: this store was made for {kept} and its ARNs say so; leave the setting out, or use another data directory for {given}", "{setting}: este almacén se creó para {kept} y sus ARN lo dicen; quita la opción, o usa otro directorio de datos para {given}"},
	"node.no_credentials":  {"no credentials in {dir}: start pasarela with --data {dir} once ({error})", "no hay credenciales en {dir}: arranca pasarela con --data {dir} una vez ({error})"},
	"node.half_file":       {"{file} holds no access key: start pasarela with --data {dir} once more, which writes it anew", "{file} no tiene clave de acceso: arranca pasarela con --data {dir} otra vez, que lo escribe de nuevo"},
	"functions.no_user":    {"--functions-user {name}: this machine has no such user: {error}", "--functions-user {name}: esta máquina no tiene ese usuario: {error}"},
	"functions.not_root":   {"--functions-user {name}: only a server that runs as root on a Unix system can start processes as another user; leave it out, or start the server so", "--functions-user {name}: solo un servidor que corre como root en un sistema Unix puede arrancar procesos como otro usuario; quítalo, o arranca así el servidor"},
	"node.numbers_used_up": {"all {n} node numbers are taken; names of nodes that are gone for good lie under {prefix} in the store", "los {n} números de nodo están ocupados; los nombres de nodos que no volverán están bajo {prefix} en el almacén"},
}
