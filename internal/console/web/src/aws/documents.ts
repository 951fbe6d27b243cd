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

/** The service that takes the roles of integrations and authorizers. */
export const GATEWAY = 'apigateway.amazonaws.com';

export const trustsGateway = (trust: string) => trustsService(trust, GATEWAY);

/** Says whether some statement lets a service take a role; the server decides for good when it does. */
export function trustsService(trust: string, service: string): boolean {
  interface Statement { Effect?: string; Principal?: { Service?: string | string[] } }
  try {
    const document = JSON.parse(trust) as { Statement?: Statement | Statement[] };
    return [document.Statement ?? []].flat().some((one) => one.Effect === 'Allow' && [one.Principal?.Service ?? []].flat().includes(service));
  } catch {
    return false;
  }
}
