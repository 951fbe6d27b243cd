package language

// signInTexts are what the console's page shows when an address signs nobody in.
var signInTexts = Catalogue{
	"signin.own_page": {"signing in by a token is for the console's own page in a browser on this machine", "entrar con un código es solo para la página de la consola en un navegador de esta máquina"},
	"signin.body":     {"the body must be JSON with the token of the address", "el cuerpo debe ser JSON con el código de la dirección"},
	"signin.token":    {"this address was used already or is too old; `pasarela console` prints another", "esta dirección ya se ha usado o es demasiado antigua; `pasarela console` da otra"},
	"signin.key":      {"the access key of this address is no longer active; `pasarela console` prints another", "la clave de acceso de esta dirección ya no está activa; `pasarela console` da otra"},
}
