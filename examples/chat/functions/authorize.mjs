// The authorizer of $connect: ws://.../prod?name=ana&password=... is let in with the right
// password, and the chat knows the name. Without one of the two API Gateway refuses with 401
// and does not ask; what is denied here is refused with 403.
import { createHash, timingSafeEqual } from 'node:crypto';

const hash = (text) => createHash('sha256').update(text).digest();

export const handler = async ({ methodArn, queryStringParameters: { name, password } }) => {
  const allowed = /^[\w-]{1,20}$/.test(name) && timingSafeEqual(hash(password), hash(process.env.PASSWORD));
  return {
    principalId: name,
    policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: allowed ? 'Allow' : 'Deny', Resource: methodArn }] },
    context: { name },
  };
};
