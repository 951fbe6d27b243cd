// Why a WebSocket was closed, in words: RFC 6455 §7.4.1 has the codes, aws-dataplane §1.12 when AWS sends them.

import type { Language, Words } from '../../words/language';

const meanings: Words<Record<number, string>> = {
  en: {
    1000: 'Closed normally',
    1001: 'Ended by the gateway: idle for too long, open for too long, or the gateway stops',
    1002: 'Closed for a protocol error',
    1003: 'Closed: binary messages are not supported',
    1005: 'Closed without a code',
    1006: 'Connection lost',
    1007: 'Closed: a text was not valid UTF-8',
    1008: 'Closed: not allowed',
    1009: 'Closed: a message was too long',
    1011: 'Closed for an internal error',
    1012: 'Closed: the gateway restarts',
  },
  es: {
    1000: 'Cerrada con normalidad',
    1001: 'La terminó la pasarela: demasiado tiempo inactiva, demasiado tiempo abierta, o la pasarela se detiene',
    1002: 'Cerrada por un error de protocolo',
    1003: 'Cerrada: no se admiten mensajes binarios',
    1005: 'Cerrada sin código',
    1006: 'Conexión perdida',
    1007: 'Cerrada: un texto no era UTF-8 válido',
    1008: 'Cerrada: no permitido',
    1009: 'Cerrada: un mensaje era demasiado largo',
    1011: 'Cerrada por un error interno',
    1012: 'Cerrada: la pasarela se reinicia',
  },
};

const other: Words<string> = { en: 'Closed', es: 'Cerrada' };

/** "Closed normally (1000)", and the reason where the other side gave one. */
export function closeText(language: Language, { code, reason }: Pick<CloseEvent, 'code' | 'reason'>): string {
  return `${meanings[language][code] ?? other[language]} (${code})${reason && `: ${reason}`}`;
}
