/** A policy document as indented JSON. IAM's answers percent-encode documents (RFC 3986); text that is no JSON stays as it is. */
export function readable(document: string | undefined): string {
  if (!document) return '';
  const text = document.startsWith('%7B') ? decodeURIComponent(document) : document;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Says whether some statement lets the gateway take a role; the server decides for good when it does. */
export function trustsGateway(trust: string): boolean {
  interface Statement { Effect?: string; Principal?: { Service?: string | string[] } }
  try {
    const document = JSON.parse(trust) as { Statement?: Statement | Statement[] };
    return [document.Statement ?? []].flat().some((one) => one.Effect === 'Allow' && [one.Principal?.Service ?? []].flat().includes('apigateway.amazonaws.com'));
  } catch {
    return false;
  }
}
