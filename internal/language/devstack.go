package language

// devStackTexts are what `pasarela dev TEMPLATE` says.
var devStackTexts = Catalogue{
	"stack.no_path":     {"{path} cannot be read ({error}): give a template, a folder with one, or a cdk.out", "no se puede leer {path} ({error}): da una plantilla, una carpeta que la tenga, o un cdk.out"},
	"stack.no_template": {"{path} holds no template: none of {names} is there", "{path} no tiene plantilla: no hay ninguna de {names}"},
	"stack.several":     {"{path} holds no stack, or several ({names}): name the template of one", "{path} no tiene ninguna pila, o varias ({names}): nombra la plantilla de una"},
	"stack.template":    {"{file}: {error}", "{file}: {error}"},
	"stack.too_deep":    {"{name}: {path} is nested deeper than {n}; does a template name itself?", "{name}: {path} está anidada a más profundidad que {n}; ¿se nombra alguna plantilla a sí misma?"},
	"stack.no_code":     {"the code of {name} is not there: {path}. Build it first, or correct CodeUri", "no está el código de {name}: {path}. Constrúyelo antes, o corrige CodeUri"},
	"stack.code":        {"the code of {name} in {path}: {error}", "el código de {name} en {path}: {error}"},
	"stack.parameter":   {"--parameter {value}: write NAME=VALUE", "--parameter {value}: escribe NOMBRE=VALOR"},
	"stack.up":          {"stack {name} is up ({took})", "la pila {name} está desplegada ({took})"},
	"stack.same":        {"stack {name} is as it was", "la pila {name} sigue como estaba"},
	"stack.failed":      {"stack {name} is {status}: {reason}", "la pila {name} está en {status}: {reason}"},
	"stack.refused":     {"stack {name} stays as it was: {reason}", "la pila {name} se queda como estaba: {reason}"},
	"stack.endpoint":    {"  {api}  {url}", "  {api}  {url}"},
	"stack.output":      {"  {key} = {value}", "  {key} = {value}"},
	"stack.function":    {"function {name} failed: {error} (pasarela logs has what it printed; further failures of it are not reported until the next change)", "la función {name} falló: {error} (pasarela logs tiene lo que escribió; no se dirán más fallos suyos hasta el próximo cambio)"},
	"stack.watching":    {"{file} and the code that it names are watched; Ctrl-C removes the stack.", "se vigilan {file} y el código que nombra; Ctrl-C elimina la pila."},
	"stack.commands": {`  connect      {connect}
  logs         {program} logs --follow --data {data}
  why          {program} explain --last --data {data}
  credentials  eval "$({program} credentials --data {data})"
  console      {console}  ({program} console --data {data} prints an address that signs in)`, `  conectar     {connect}
  registros    {program} logs --follow --data {data}
  por qué      {program} explain --last --data {data}
  claves       eval "$({program} credentials --data {data})"
  consola      {console}  ({program} console --data {data} da una dirección que abre sesión)`},
	"stack.removing":    {"removing stack {name}", "eliminando la pila {name}"},
	"stack.not_removed": {"stack {name} is not removed: {reason}; the next dev of this folder takes it over", "la pila {name} no se eliminó: {reason}; el próximo dev de esta carpeta la retoma"},
	"dev.parameter":     {"value of a parameter of the template, NAME=VALUE; may be given several times", "valor de un parámetro de la plantilla, NOMBRE=VALOR; puede darse varias veces"},
}
