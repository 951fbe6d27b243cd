// What a refused sign-in was about, by AWS's names of errors (sigv4/errors.go).

/** "empty" is found before the server is asked. */
export type SignInFault = 'empty' | 'unknownKey' | 'wrongSecret' | 'clock' | 'expired' | 'unreachable' | 'other';

/** The clocks are what a signature is refused for that came too early or too late. */
const CLOCK = /expired|not yet current/i;

export function signInFault(error: unknown): SignInFault {
  // Browsers have words of their own for a server that does not answer; its type is the same.
  if (error instanceof TypeError) return 'unreachable';
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  switch (name) {
    case 'InvalidClientTokenId':
    case 'UnrecognizedClientException':
      return 'unknownKey';
    case 'SignatureDoesNotMatch':
    case 'InvalidSignatureException':
      return CLOCK.test(message) ? 'clock' : 'wrongSecret';
    case 'ExpiredToken':
    case 'ExpiredTokenException':
      return 'expired';
    case 'RequestTimeTooSkewed':
    case 'RequestExpired':
      return 'clock';
    default:
      return 'other';
  }
}
