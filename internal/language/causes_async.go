package language

// Calls of the queue that were given up: the reasons of dead letters. What the last attempt
// met is below those that were tried again, absent where an earlier version gave them up.
var (
	DeadUnreadable = cause("dead_letter.unreadable", "the call cannot be read: {why}", "no se puede leer la llamada: {why}")
	DeadStageGone  = cause("dead_letter.stage_gone", "the stage is gone", "la etapa ya no existe")
	DeadFailed     = cause("dead_letter.failed", "the backend failed {n} {n|time|times}{why}", "el backend falló {n} {n|vez|veces}{why}")
	DeadDeadline   = cause("dead_letter.deadline", "the backend did not take it within {seconds} s (pasarela:asyncSeconds){why}", "el backend no la aceptó en {seconds} s (pasarela:asyncSeconds){why}")
	DeadLast       = cause("dead_letter.last", ". Its last attempt: {why}", ". Su último intento: {why}")
	DeadUndeployed = cause("dead_letter.undeployed", "the stage served no deployment", "la etapa no servía ningún despliegue")
	DeadAnswered   = cause("dead_letter.answered", "the backend answered {status}", "el backend respondió {status}")
	DeadPanic      = cause("dead_letter.panic", "running it failed inside the gateway; see its log", "falló dentro de la pasarela; mira su registro")
)
