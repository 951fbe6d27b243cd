/** A refusal in words: AWS's error name and sentence, or what the network said. */
export function failureText(error: unknown): string {
  if (error instanceof Error) {
    const name = error.name && error.name !== 'Error' ? `${error.name}: ` : '';
    return name + (error.message || 'the server gave no reason');
  }
  return String(error);
}

/** Says whether the error is AWS's "there is no such thing". */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NotFoundException' || error.name.startsWith('NoSuchEntity'));
}
