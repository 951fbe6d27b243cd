package language

// What keeps a node of a cluster out of an answer about all of them.
var (
	NodeSilent  = cause("nodes.silent", "Node {name} does not answer, so what it knows is missing: {error}", "El nodo {name} no responde, así que falta lo que sabe: {error}")
	NodeAway    = cause("nodes.away", "Node {name} does not answer, so what it knows is missing: it has stopped, or cannot reach NATS", "El nodo {name} no responde, así que falta lo que sabe: se ha parado, o no llega a NATS")
	NodeLate    = cause("nodes.late", "Node {name} has not answered within {patience}, so what it knows is missing", "El nodo {name} no ha respondido en {patience}, así que falta lo que sabe")
	NodeUnknown = cause("nodes.unknown", "No node named {name} is alive. Those that are: {names}", "No hay ningún nodo activo llamado {name}. Los activos: {names}")
)
