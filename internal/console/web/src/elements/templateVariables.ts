// What a mapping template can be made of, offered beside its editor. TestOfferedVariablesExist
// (internal/console) holds each name against the engine.

import type { Words } from '../words/language';

/** A text that can be put into a template, and what it is. */
interface Offered {
  text: string;
  what: Words<string>;
}

/** A template that is valid for events of every route. */
export const exampleTemplate = `{
  "connectionId": "$context.connectionId",
  "routeKey": "$context.routeKey",
  "type": "$util.escapeJavaScript($input.params('type'))",
  "message": $input.json('$')
}`;

export const templateVariables: { title: string; items: Offered[] }[] = [
  {
    title: '$input',
    items: [
      { text: "$input.json('$')", what: { en: 'The message as JSON; of $.name one member', es: 'El mensaje en JSON; con $.nombre, un miembro' } },
      { text: "$input.path('$.name')", what: { en: 'A member of the message as text, for #if and #foreach too', es: 'Un miembro del mensaje como texto; vale también en #if y #foreach' } },
      { text: "$input.params('name')", what: { en: 'A parameter of the query string or a header of $connect', es: 'Un parámetro de la URL o una cabecera de $connect' } },
      { text: '$input.body', what: { en: 'The message as text, as it came', es: 'El mensaje como texto, tal como llegó' } },
    ],
  },
  {
    title: '$context',
    items: [
      { text: '$context.connectionId', what: { en: 'Where a backend pushes to', es: 'A dónde envía un backend' } },
      { text: '$context.routeKey', what: { en: 'Key of the route', es: 'Clave de la ruta' } },
      { text: '$context.eventType', what: { en: 'CONNECT, MESSAGE or DISCONNECT', es: 'CONNECT, MESSAGE o DISCONNECT' } },
      { text: '$context.stage', what: { en: 'Name of the stage', es: 'Nombre de la etapa' } },
      { text: '$context.domainName', what: { en: 'Host of the API, for pushes', es: 'Host de la API, para los envíos' } },
      { text: '$context.apiId', what: { en: 'ID of the API', es: 'ID de la API' } },
      { text: '$context.requestId', what: { en: 'ID of the event, as logs have it', es: 'ID del evento, el de los registros' } },
      { text: '$context.messageId', what: { en: 'ID of the message', es: 'ID del mensaje' } },
      { text: '$context.connectedAt', what: { en: 'Start of the connection, in milliseconds since 1970', es: 'Inicio de la conexión, en milisegundos desde 1970' } },
      { text: '$context.requestTimeEpoch', what: { en: 'Time of the event, in milliseconds since 1970', es: 'Momento del evento, en milisegundos desde 1970' } },
      { text: '$context.identity.sourceIp', what: { en: "The client's IP address", es: 'Dirección IP del cliente' } },
      { text: '$context.identity.userAgent', what: { en: "The client's program", es: 'Programa del cliente' } },
      { text: '$context.authorizer.principalId', what: { en: "Who connected, by the authorizer's answer; its context too: $context.authorizer.name", es: 'Quién se conectó, según el autorizador; también su context: $context.authorizer.nombre' } },
      { text: '$context.disconnectStatusCode', what: { en: 'Close code, in $disconnect', es: 'Código de cierre, en $disconnect' } },
      { text: '$context.disconnectReason', what: { en: 'Close reason, in $disconnect', es: 'Motivo del cierre, en $disconnect' } },
    ],
  },
  { title: '$stageVariables', items: [{ text: '$stageVariables.name', what: { en: 'A variable of the stage', es: 'Una variable de la etapa' } }] },
  {
    title: '$util',
    items: [
      { text: "$util.escapeJavaScript($input.path('$.name'))", what: { en: 'Escapes text, so that it can stand within quotes', es: 'Escapa un texto para que pueda ir entre comillas' } },
      { text: '$util.parseJson($input.body)', what: { en: 'A text of JSON as a value', es: 'Un texto JSON como valor' } },
      { text: "$util.urlEncode($input.path('$.name'))", what: { en: 'Encodes text for a URL', es: 'Codifica un texto para una URL' } },
      { text: "$util.urlDecode($input.params('name'))", what: { en: 'Decodes text of a URL', es: 'Decodifica un texto de una URL' } },
      { text: '$util.base64Encode($input.body)', what: { en: 'Encodes in base64', es: 'Codifica en base64' } },
      { text: '$util.base64Decode($input.body)', what: { en: 'Decodes base64', es: 'Decodifica base64' } },
    ],
  },
];
