// Signature Version 4 begins with an HMAC under "AWS4" + secret; all that follows is
// derived. AWS's clients ask for that HMAC by the secret, so a hash that knows the
// secret's stand-in lets the browser's key do it.

import { Sha256 } from '@aws-crypto/sha256-js';
import type { Checksum, ChecksumConstructor, SourceData } from '@smithy/types';

export type Hash = ChecksumConstructor;

/** SHA-256, whose HMAC under "AWS4" + handle is the key's. */
export function signingHash(handle: string, key: CryptoKey): Hash {
  return class implements Checksum {
    private readonly plain: Sha256 | undefined;
    private readonly parts: Uint8Array[] = [];

    constructor(secret?: SourceData) {
      if (secret !== 'AWS4' + handle) this.plain = new Sha256(secret);
    }

    update(data: Uint8Array | string): void {
      if (this.plain) this.plain.update(data);
      else this.parts.push(typeof data === 'string' ? new TextEncoder().encode(data) : data);
    }

    async digest(): Promise<Uint8Array> {
      if (this.plain) return this.plain.digest();
      const message = await new Blob(this.parts as BlobPart[]).arrayBuffer();
      return new Uint8Array(await crypto.subtle.sign('HMAC', key, message));
    }

    reset(): void {
      this.plain?.reset();
      this.parts.length = 0;
    }
  };
}
