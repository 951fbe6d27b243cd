/** The members of a call's input, by AWS's names. */
export type Input = Record<string, unknown>;

/** The AWS CLI's name of an operation or member: CreateRoute -> create-route, ApiId -> api-id. */
export function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}

/** Quotes a word for a POSIX shell. */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Text that the shell is to read as it is: a variable that an earlier command set. */
export class ShellText {
  constructor(readonly text: string) {}
}

/** One AWS CLI command that makes the same call as the console. */
export function cliCommand(service: string, operation: string, input: Input, endpoint: string): string {
  const parts = [`aws --endpoint-url ${shellQuote(endpoint)} ${service} ${kebab(operation)}`];
  for (const [name, member] of Object.entries(input)) {
    const option = '--' + kebab(name);
    if (member instanceof ShellText) parts.push(`${option} "${member.text}"`);
    else if (member === true) parts.push(option);
    else if (member === false) parts.push('--no-' + kebab(name));
    else if (typeof member === 'object') parts.push(`${option} ${shellQuote(JSON.stringify(member))}`);
    else parts.push(`${option} ${shellQuote(String(member))}`);
  }
  return parts.join(' \\\n  ');
}
