package language

// fileTexts say why a program cannot use one of its files or folders.
var fileTexts = Catalogue{
	"file.is_folder":  {"{path} is a folder, and a file belongs there: move it away or remove it, and start again ({error})", "{path} es una carpeta, y ahí va un archivo: muévela o bórrala, y arranca otra vez ({error})"},
	"file.no_folder":  {"{path} is a file, and a folder is needed there: move it away, or give another directory ({error})", "{path} es un archivo, y ahí hace falta una carpeta: muévelo, o da otro directorio ({error})"},
	"file.forbidden":  {"{user} may not use {path}: give the folder and all in it to that user, or start as the user whom it belongs to ({error})", "{user} no puede usar {path}: da la carpeta y todo lo que contiene a ese usuario, o arranca con el usuario a quien pertenece ({error})"},
	"file.read_only":  {"{path} is on a file system that is read-only: mount it for writing, or give another directory ({error})", "{path} está en un sistema de archivos de solo lectura: móntalo para escribir, o da otro directorio ({error})"},
	"file.full":       {"there is no room left for {path}: free space on that disk, or give another directory ({error})", "no queda sitio para {path}: libera espacio en ese disco, o da otro directorio ({error})"},
	"file.this_user":  {"this user", "este usuario"},
	"file.user_named": {"user {name}", "el usuario {name}"},
}
