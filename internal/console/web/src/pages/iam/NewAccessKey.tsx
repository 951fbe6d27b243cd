import type { AccessKey } from '@aws-sdk/client-iam';
import { OneTimeSecret } from '../../elements/OneTimeSecret';
import { useWords, type Words } from '../../words/language';

const words: Words<string> = { en: 'This secret is shown once', es: 'Este secreto se muestra una sola vez' };

/** The secret of an access key that was just made, as lines for a shell. */
export function NewAccessKey({ made, close }: { made: AccessKey; close(): void }) {
  return <OneTimeSecret title={useWords(words)} text={`export AWS_ACCESS_KEY_ID=${made.AccessKeyId}\nexport AWS_SECRET_ACCESS_KEY=${made.SecretAccessKey}`} close={close} />;
}
