package language

// welcomeTexts are what "dev" and "serve" print when they are ready, and what the APIs that
// "dev" makes say of themselves.
var welcomeTexts = Catalogue{
	"welcome.ready":         {"pasarela is ready", "pasarela está lista"},
	"welcome.account":       {"account {account}, region {region}", "cuenta {account}, región {region}"},
	"welcome.connect":       {"Connect", "Conectar"},
	"welcome.connect_why":   {"and watch a report being made (a second terminal):", "y ver cómo se hace un informe (en otra terminal):"},
	"welcome.cli":           {"AWS CLI", "AWS CLI"},
	"welcome.cli_why":       {"as the administrator:", "como administrador:"},
	"welcome.push":          {"Push", "Enviar"},
	"welcome.push_why":      {"to a client that is connected (\"{command}\" lists their ids):", "a un cliente conectado (\"{command}\" da los identificadores):"},
	"welcome.why":           {"Why", "Por qué"},
	"welcome.why_why":       {"was something refused, and what happens right now:", "se rechazó algo, y qué pasa ahora mismo:"},
	"welcome.pages":         {"Pages", "Páginas"},
	"welcome.reports":       {"reports", "informes"},
	"welcome.in_use":        {"another program uses port {port}", "otro programa usa el puerto {port}"},
	"welcome.console":       {"console", "consola"},
	"welcome.once":          {"(signs one browser in, once; {command} prints another)", "(abre sesión en un navegador, una vez; {command} da otra)"},
	"welcome.sign_in":       {"({command} prints an address that signs one browser in, once)", "({command} da una dirección que abre sesión en un navegador, una vez)"},
	"welcome.data":          {"Data", "Datos"},
	"welcome.stop":          {"Ctrl-C stops it; the next start finds everything again.", "Ctrl-C la para; el próximo arranque lo encuentra todo otra vez."},
	"welcome.stopping":      {"stopping; the next start finds everything again", "parando; el próximo arranque lo encuentra todo otra vez"},
	"dev.definitions":       {"`folder` of report definitions, which may be empty and is read again when a file in it changes; without it, the samples", "`carpeta` de definiciones de informes, que puede estar vacía y se lee otra vez cuando cambia un archivo; sin ella, las de ejemplo"},
	"dev.definitions_read":  {"the report definitions were read again: {types}", "las definiciones de informes se han leído otra vez: {types}"},
	"dev.definitions_none":  {"the report definitions were read again: there is none", "las definiciones de informes se han leído otra vez: no hay ninguna"},
	"dev.definitions_wrong": {"the report definitions stay as they were:\n{problems}", "las definiciones de informes se quedan como estaban:\n{problems}"},
	"dev.guide_api":         {"The guide: an Excel report by WebSocket", "La guía: un informe de Excel por WebSocket"},
	"dev.page_api":          {"The reports page: it asks by a message", "La página de los informes: pide con un mensaje"},
	"serve.ready":           {"pasarela {version} serves {endpoint} (account {account}, {region})", "pasarela {version} sirve {endpoint} (cuenta {account}, {region})"},
	"serve.credentials":     {"credentials: {command}", "credenciales: {command}"},
	"serve.console":         {"console:     {url} (signed in: {command})", "consola:      {url} (con la sesión abierta: {command})"},
}
