// The documents that forms begin with.

export const guideTrust = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": { "Service": "apigateway.amazonaws.com" },
      "Action": "sts:AssumeRole"
    }
  ]
}`;

/** What the guide's backend needs: to push to connections of an API; without one, of any API of the account. */
export function pushPolicy(region: string, accountId: string, apiId?: string): string {
  const connections = apiId ? `arn:aws:execute-api:${region}:${accountId}:${apiId}/*` : `arn:aws:execute-api:*:${accountId}:*`;
  return `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["execute-api:ManageConnections"],
      "Resource": ["${connections}"]
    }
  ]
}`;
}

export const guidePolicy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["execute-api:Invoke"],
      "Resource": ["arn:aws:execute-api:*:*:*"]
    }
  ]
}`;
