package language

// How connections end. {close} is the code and the reason that $disconnect has.
var (
	EndedByClient   = cause("ended.client", "the client closed it ({close})", "la cerró el cliente ({close})")
	EndedLost       = cause("ended.lost", "the client's network connection broke off without a close ({close})", "la conexión de red del cliente se cortó sin cierre ({close})")
	EndedNoPong     = cause("ended.no_pong", "the client answered no ping any more ({close})", "el cliente dejó de responder a los ping ({close})")
	EndedSlowReader = cause("ended.slow_reader", "the client did not read what was sent to it, and the gateway closed it ({close})", "el cliente no leía lo que se le enviaba, y la cerró la pasarela ({close})")
	EndedIdle       = cause("ended.idle", "nothing went through it for as long as the stage allows, and the gateway closed it (pasarela:idleTimeoutSeconds; {close})", "no pasó nada por ella durante el tiempo que permite la etapa, y la cerró la pasarela (pasarela:idleTimeoutSeconds; {close})")
	EndedOld        = cause("ended.old", "it became as old as the stage allows, and the gateway closed it (pasarela:connectionDurationSeconds; {close})", "llegó a la duración que permite la etapa, y la cerró la pasarela (pasarela:connectionDurationSeconds; {close})")
	EndedDeleted    = cause("ended.deleted", "a call to @connections closed it ({close})", "la cerró una llamada a @connections ({close})")
	EndedStageGone  = cause("ended.stage_gone", "its stage or its API was deleted ({close})", "se eliminó su etapa o su API ({close})")
	EndedShutdown   = cause("ended.shutdown", "its server stopped ({close})", "su servidor se paró ({close})")
	EndedNodeLost   = cause("ended.node_lost", "its server ended without closing it ({close})", "su servidor acabó sin cerrarla ({close})")
	EndedByGateway  = cause("ended.gateway", "the gateway closed it ({close})", "la cerró la pasarela ({close})")
)
