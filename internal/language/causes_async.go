package language

// Calls of the queue that were given up: the reasons of dead letters.
var (
	DeadUnreadable = cause("dead_letter.unreadable", "the call cannot be read: {why}", "no se puede leer la llamada: {why}")
	DeadStageGone  = cause("dead_letter.stage_gone", "the stage is gone", "la etapa ya no existe")
	DeadFailed     = cause("dead_letter.failed", "the backend failed {n} {n|time|times}", "el backend falló {n} {n|vez|veces}")
	DeadDeadline   = cause("dead_letter.deadline", "the backend did not take it within {seconds} s (pasarela:asyncSeconds)", "el backend no la aceptó en {seconds} s (pasarela:asyncSeconds)")
	DeadAnswered   = cause("dead_letter.answered", "the backend answered {status}", "el backend respondió {status}")
	DeadPanic      = cause("dead_letter.panic", "running it failed inside the gateway; see its log", "falló dentro de la pasarela; mira su registro")
)
