// Every route of the chat:
//   {"action": "whoami"}                                  answers the client's own id
//   {"action": "send", "to": "ID", "text": "hello"}       reaches the client with that id
import { push } from './push.mjs';

export const handler = async (event) => {
  const { routeKey, connectionId } = event.requestContext;
  console.log(routeKey, connectionId);
  switch (routeKey) {
    case '$connect':
    case '$disconnect':
      break;
    case 'whoami':
      await push(event.requestContext, connectionId, { id: connectionId });
      break;
    case 'send':
      await send(event.requestContext, JSON.parse(event.body));
      break;
    default:
      await push(event.requestContext, connectionId, { error: 'actions are whoami and send' });
  }
  return { statusCode: 200 };
};

async function send(context, { to, text }) {
  const status = await push(context, to, { from: context.connectionId, name: context.authorizer.name, text });
  if (status === 410) await push(context, context.connectionId, { error: `${to} is gone` });
}
