package language

// Connections that outlive their sockets: handshakes that are refused, and steps of
// timelines.
var (
	SessionSecret        = cause("handshake.session", "{parameter} must be given once: {least} to {most} characters of A-Z a-z 0-9 - _, chosen at random", "{parameter} debe darse una vez: de {least} a {most} caracteres de A-Z a-z 0-9 - _, elegidos al azar")
	SessionPrincipal     = cause("handshake.session_principal", "The session belongs to another principal: the connection was opened by {opened}, and {came} came for it. Each client generates a secret of its own", "La sesión es de otra entidad principal: abrió la conexión {opened}, y vino a por ella {came}. Cada cliente elige su propio secreto")
	SessionBusy          = cause("handshake.session_busy", "$connect of this session has not ended yet: connect again", "El $connect de esta sesión no ha terminado aún: conecta otra vez")
	SessionGivenUp       = cause("handshake.session_given_up", "The client closed the handshake while the connection of its session was looked for, and none was opened for it", "El cliente dejó de esperar mientras se buscaba la conexión de su sesión, y no se abrió ninguna para él")
	SessionSought        = cause("handshake.session_sought", "Whether another node has the connection of this session is not known yet: connect again", "Aún no se sabe si otro nodo tiene la conexión de esta sesión: conecta otra vez")
	SessionNotMoved      = cause("handshake.session_not_moved", "The connection of this session could not be brought from its node for now: connect again", "La conexión de esta sesión no se pudo traer de su nodo por ahora: conecta otra vez")
	StepLeft             = cause("step.connection_left", "The client came back to another node, which has the connection from now on", "El cliente volvió a otro nodo, que desde ahora tiene la conexión")
	StepArrived          = cause("step.connection_arrived", "The client came to this node, and brought its connection from the other", "El cliente vino a este nodo y trajo su conexión del otro")
	HandshakeTags        = cause("handshake.tags", "The integration of $connect answered with {header}, which cannot be taken: {why}", "La integración de $connect respondió con {header}, que no se puede aceptar: {why}")
	StepFanOut           = cause("step.fan_out", "POST {n} {n|byte|bytes} to the connections with tag {tag}: {sent} sent, {queued} queued, {gone} gone, {refused} refused", "POST de {n} {n|byte|bytes} a las conexiones con la etiqueta {tag}: {sent} enviados, {queued} en espera, {gone} sin conexión, {refused} rechazados")
	StepGoneOnWith       = cause("step.gone_on_with", "The node that held the connection ended; this node goes on with it. Messages that waited in the memory of the other are lost", "El nodo que tenía la conexión acabó; este nodo sigue con ella. Los mensajes que esperaban en la memoria del otro se perdieron")
	StepPushSent         = cause("step.push_sent", "The network has the message", "La red tiene el mensaje")
	StepPushAcknowledged = cause("step.push_acknowledged", "The client has the message: its pong came after it", "El cliente tiene el mensaje: su pong llegó después")
	StepPushReplayed     = cause("step.push_replayed", "Not sent: a push of this idempotency key was delivered before", "No se envió: ya se entregó antes un envío con esta clave de idempotencia")
	StepPushQueued       = cause("step.push_queued", "The message waits for its client", "El mensaje espera a su cliente")
	StepAway             = cause("step.away", "The socket ended ({code}: {reason}); the client may come back for {seconds} s (pasarela:resumeSeconds), and {n} {n|message waits|messages wait} for it", "El socket terminó ({code}: {reason}); el cliente puede volver durante {seconds} s (pasarela:resumeSeconds), y le {n|espera|esperan} {n} {n|mensaje|mensajes}")
	StepResumed          = cause("step.resumed", "The client came back: {again} {again|message|messages} that it had not confirmed {again|was|were} sent again, and {waited} that waited", "El cliente volvió: se {again|envió|enviaron} otra vez {again} {again|mensaje|mensajes} que no había confirmado, y {waited} que {waited|esperaba|esperaban}")
	StepReplaced         = cause("step.replaced", "Another socket of the same session took the connection over", "Otro socket de la misma sesión tomó la conexión")
	StepExpired          = cause("step.expired", "{n} {n|message was dropped: it|messages were dropped: they} waited longer than {n|its|their} Pasarela-Expires allows", "{n|Se descartó|Se descartaron} {n} {n|mensaje: esperó|mensajes: esperaron} más de lo que permite su Pasarela-Expires")
)
