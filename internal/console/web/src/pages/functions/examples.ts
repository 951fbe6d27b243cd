// What a function that is written in the console begins with: one that an integration calls, and
// one that an authorizer asks.

/** Languages that the console has an editor for, by how their runtimes begin. */
export type Language = 'nodejs' | 'python';

export type Purpose = 'integration' | 'authorizer';

export const examples: Record<Language, Record<Purpose, string>> = {
  nodejs: {
    integration: `exports.handler = async (event) => {
  const { connectionId, routeKey } = event.requestContext;
  console.log(routeKey, connectionId, event.body);
  return { statusCode: 200, body: JSON.stringify({ received: event.body ?? null }) };
};
`,
    authorizer: `// Whose token it is. The client connects with ?token=...
const users = new Map([['replace-this-token', 'ana']]);

exports.handler = async (event) => {
  const user = users.get(event.queryStringParameters?.token);
  return {
    principalId: user ?? 'nobody',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: user ? 'Allow' : 'Deny', Action: 'execute-api:Invoke', Resource: event.methodArn }],
    },
  };
};
`,
  },
  python: {
    integration: `import json


def handler(event, context):
    of = event["requestContext"]
    print(of["routeKey"], of["connectionId"], event.get("body"))
    return {"statusCode": 200, "body": json.dumps({"received": event.get("body")})}
`,
    authorizer: `# Whose token it is. The client connects with ?token=...
users = {"replace-this-token": "ana"}


def handler(event, context):
    user = users.get((event.get("queryStringParameters") or {}).get("token"))
    return {
        "principalId": user or "nobody",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow" if user else "Deny", "Action": "execute-api:Invoke", "Resource": event["methodArn"]}],
        },
    }
`,
  },
};
