// The settings of a stage that AWS has no member for: tags of it that begin with "pasarela:"
// (docs/settings.md). The server says which there are; what they do is said here.

import type { StageSetting } from '../../aws/session';
import type { TagMap } from '../../aws/tagging';
import type { Field, Value } from '../../form/field';
import { same } from '../../form/field';
import { numberText } from '../../words/format';
import type { Language, Words } from '../../words/language';

const PREFIX = 'pasarela:';

interface Told {
  label: Words<string>;
  does: Words<string>;
  /** The page of the documentation that is about it; absent: docs/settings.md. */
  docs?: string;
}

/** What each setting is called and does. */
const told: Record<string, Told> = {
  idleTimeoutSeconds: {
    label: { en: 'Idle timeout', es: 'Tiempo máximo de inactividad' },
    does: { en: 'A connection without traffic for so long is closed with 1001.', es: 'Una conexión sin tráfico durante ese tiempo se cierra con 1001.' },
  },
  connectionDurationSeconds: {
    label: { en: 'Connection duration', es: 'Duración de la conexión' },
    does: { en: 'An older connection is closed with 1001.', es: 'Una conexión más antigua se cierra con 1001.' },
  },
  pingIntervalSeconds: {
    label: { en: 'Ping interval', es: 'Intervalo de ping' },
    does: { en: 'So often the server pings idle connections; 0: never.', es: 'Cada cuánto hace ping el servidor a las conexiones sin tráfico; 0: nunca.' },
  },
  maxFrameBytes: {
    label: { en: 'Longest frame', es: 'Trama más larga' },
    does: { en: 'A longer frame closes the connection with 1009. At most as long as the longest message.', es: 'Una trama más larga cierra la conexión con 1009. No puede ser mayor que el mensaje más largo.' },
  },
  maxMessageBytes: {
    label: { en: 'Longest message', es: 'Mensaje más largo' },
    does: { en: 'A longer message closes the connection with 1009.', es: 'Un mensaje más largo cierra la conexión con 1009.' },
  },
  maxConnections: {
    label: { en: 'Most connections', es: 'Máximo de conexiones' },
    does: { en: 'More are refused with 429; 0: no limit.', es: 'Las que pasan de ahí se rechazan con 429; 0: sin límite.' },
  },
  binary: {
    label: { en: 'Binary messages', es: 'Mensajes binarios' },
    does: { en: 'They are taken; otherwise they close the connection with 1003.', es: 'Se aceptan; si no, cierran la conexión con 1003.' },
  },
  ordered: {
    label: { en: 'Messages in order', es: 'Mensajes en orden' },
    does: { en: 'Messages of one connection run one after the other.', es: 'Los mensajes de una conexión se atienden uno tras otro.' },
  },
  resumeSeconds: {
    label: { en: 'Resume', es: 'Reanudación' },
    does: { en: 'A connection whose client named a session outlives its socket so long, and its messages wait; 0: none does.', es: 'La conexión de un cliente que nombró una sesión sobrevive ese tiempo a su socket, y sus mensajes esperan; 0: ninguna.' },
    docs: 'docs/resume.md',
  },
  delivery: {
    label: { en: 'Delivery', es: 'Entrega' },
    does: { en: 'durable: messages for connections that can resume are on disk before a post is answered, and outlive the server.', es: 'durable: los mensajes para conexiones reanudables están en disco antes de responder al envío, y sobreviven al servidor.' },
    docs: 'docs/resume.md',
  },
  mailboxMessages: {
    label: { en: 'Messages that wait', es: 'Mensajes en espera' },
    does: { en: 'For one connection that can resume; more are refused with 429.', es: 'Para una conexión reanudable; los que pasan de ahí se rechazan con 429.' },
    docs: 'docs/resume.md',
  },
  mailboxBytes: {
    label: { en: 'Size of the messages that wait', es: 'Tamaño de los mensajes en espera' },
    does: { en: 'For one connection that can resume; more are refused with 429.', es: 'Para una conexión reanudable; los que pasan de ahí se rechazan con 429.' },
    docs: 'docs/resume.md',
  },
  connectionTags: {
    label: { en: 'Connection tags', es: 'Etiquetas de conexión' },
    does: { en: 'Connections have tags, by which they are listed and posted to.', es: 'Las conexiones tienen etiquetas, por las que se listan y se les envía.' },
    docs: 'docs/fanout.md',
  },
  async: {
    label: { en: 'Asynchronous calls', es: 'Llamadas asíncronas' },
    does: { en: 'Integrations are called from a queue on disk, and clients do not wait for them.', es: 'Se llama a las integraciones desde una cola en disco, y los clientes no las esperan.' },
    docs: 'docs/async.md',
  },
  asyncCalls: {
    label: { en: 'Asynchronous calls at a time', es: 'Llamadas asíncronas a la vez' },
    does: { en: 'From the queue, on all nodes together.', es: 'Desde la cola, entre todos los nodos.' },
    docs: 'docs/async.md',
  },
  asyncSeconds: {
    label: { en: 'Deadline of asynchronous calls', es: 'Plazo de las llamadas asíncronas' },
    does: { en: 'A call that the backend has not taken by then becomes a dead letter.', es: 'Una llamada que el backend no ha aceptado en ese plazo queda como llamada abandonada.' },
    docs: 'docs/async.md',
  },
  allowedOrigins: {
    label: { en: 'Allowed origins', es: 'Orígenes permitidos' },
    does: { en: 'Pages that may connect, such as https://app.example.com, with blanks between; *. may begin a host. None: any page.', es: 'Páginas que pueden conectarse, como https://app.example.com, separadas por espacios; un host puede empezar por *. Ninguna: cualquier página.' },
  },
  subprotocols: {
    label: { en: 'Subprotocols', es: 'Subprotocolos' },
    does: { en: 'Names with blanks between, offered in this order where the integration names none.', es: 'Nombres separados por espacios, que se ofrecen en este orden si la integración no nombra ninguno.' },
  },
};

const units: Record<string, Words<string>> = { seconds: { en: 'seconds', es: 'segundos' }, bytes: { en: 'bytes', es: 'bytes' } };
const switched: Record<string, Words<string>> = { true: { en: 'On', es: 'Activado' }, false: { en: 'Off', es: 'Desactivado' } };
const none: Words<string> = { en: 'none', es: 'ninguno' };

/** What the section of these settings is called. */
export const settingsTitle: Words<string> = { en: 'pasarela settings', es: 'Ajustes de pasarela' };

/** The field that the form begins with when the settings are edited. */
export const FIRST_SETTING = PREFIX + 'idleTimeoutSeconds';

/** The key of the setting's tag. */
export const settingTag = ({ name }: StageSetting) => PREFIX + name;

const inBoth = (text: (language: Language) => string): Words<string> => ({ en: text('en'), es: text('es') });

/** Its name with its unit. A setting that this console does not know is called as its tag. */
export function settingLabel(setting: StageSetting): Words<string> {
  const label = told[setting.name]?.label ?? same(settingTag(setting));
  const unit = units[setting.unit ?? ''];
  return unit ? inBoth((language) => `${label[language]} (${unit[language]})`) : label;
}

/** What it does, its bounds, the tag that it is and where it is explained. */
export function settingHint(setting: StageSetting): Words<string> {
  const { does = same(''), docs = 'docs/settings.md' } = told[setting.name] ?? {};
  const bounds = inBoth((language) => `${numberText(language, setting.least ?? 0)} ${language === 'en' ? 'to' : 'a'} ${numberText(language, setting.most ?? 0)}. `);
  return inBoth((language) => `${does[language]} ${setting.most ? bounds[language] : ''}${language === 'en' ? 'Tag' : 'Etiqueta'} ${settingTag(setting)}; ${docs}`.trim());
}

/** A value as people read it: a switch on or off, a number with its separators. */
export function settingText(setting: StageSetting, text: string): Words<string> {
  if (!text) return none;
  if (setting.most) return inBoth((language) => numberText(language, Number(text)));
  return setting.choices ? (switched[text] ?? same(text)) : same(text);
}

function fieldOf(setting: StageSetting): Field {
  const usual = settingText(setting, setting.default ?? '');
  const base = {
    name: settingTag(setting),
    half: true,
    section: settingsTitle,
    label: settingLabel(setting),
    hint: settingHint(setting),
    inEffect: inBoth((language) => `${language === 'en' ? 'Default' : 'Por defecto'}: ${usual[language]}`),
  };
  if (setting.choices) return { ...base, kind: 'select', options: setting.choices.map((value) => ({ value, label: settingText(setting, value) })) };
  return { ...base, kind: setting.most ? 'number' : 'text' };
}

/** A field for each setting, in a section of its own. */
export function settingFields(settings: StageSetting[] = []): Field[] {
  return settings.map(fieldOf);
}

/** The settings among the tags of a stage, as values of the fields. */
export function unfoldSettings(tags: TagMap = {}): Value {
  const entries = Object.entries(tags).filter(([key]) => key.startsWith(PREFIX));
  return Object.fromEntries(entries.map(([key, text]) => [key, /^\d+$/.test(text) ? Number(text) : text]));
}

/** What the form holds, apart: members of the stage; tags to set; keys of tags to take away. */
export function foldTags(input: Value): { members: Value; added: TagMap; gone: string[] } {
  const isTag = ([key]: [string, unknown]) => key.startsWith(PREFIX);
  const tags = Object.entries(input).filter(isTag);
  return {
    members: Object.fromEntries(Object.entries(input).filter((entry) => !isTag(entry))),
    added: Object.fromEntries(tags.filter(([, value]) => value !== '').map(([key, value]) => [key, String(value)])),
    gone: tags.filter(([, value]) => value === '').map(([key]) => key),
  };
}
