package language

// deliveryTexts tell the person who made a schedule what became of its reports.
var deliveryTexts = Catalogue{
	"delivery.mail_answer":    {"the mail server answers “{answer}”", "el servidor de correo responde «{answer}»"},
	"delivery.hook_answer":    {"it answers “{answer}”", "responde «{answer}»"},
	"delivery.no_mail_server": {"the mail server cannot be reached", "no se puede llegar al servidor de correo"},
	"delivery.no_web_hook":    {"it cannot be reached", "no se puede llegar a él"},
	"delivery.no_folder":      {"the file cannot be written there", "no se puede escribir allí el archivo"},
	"delivery.no_connection":  {"the gateway cannot be reached", "no se puede llegar a la pasarela"},
	"delivery.no_type":        {"there is no report {type} any more", "el informe {type} ya no existe"},
	"delivery.not_made":       {"Not made: {why}", "No se ha generado: {why}"},
	"delivery.not_delivered":  {"Not delivered to {target}: {why}. {next}", "No se ha entregado a {target}: {why}. {next}"},
	"delivery.given_up":       {"It is not tried again.", "No se vuelve a intentar."},
	"delivery.tried_again":    {"It is tried again until {until}.", "Se vuelve a intentar hasta el {until}."},
	"delivery.folder":         {"the folder {name}", "la carpeta {name}"},
	"delivery.connection":     {"the connection {name}", "la conexión {name}"},
}
