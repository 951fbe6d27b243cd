import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import { useWords, type Words } from '../words/language';

const en = { copy: 'Copy', copied: 'Copied', failed: 'The browser did not allow copying' };
const es: typeof en = { copy: 'Copiar', copied: 'Copiado', failed: 'El navegador no permitió copiarlo' };
const words: Words<typeof en> = { en, es };

/** A button that copies a text and says what that is. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const w = useWords(words);
  return <CopyToClipboard variant="button" textToCopy={text} copyButtonText={label ?? w.copy} copySuccessText={w.copied} copyErrorText={w.failed} />;
}

/** An id, ARN or URL with a button that copies it; a secret is shown short. */
export function Copyable({ text, shown }: { text: string | undefined; shown?: string }) {
  const w = useWords(words);
  if (!text) return <>–</>;
  return <CopyToClipboard variant="inline" textToCopy={text} textToDisplay={shown} copyButtonAriaLabel={`${w.copy} ${shown ?? text}`} copySuccessText={w.copied} copyErrorText={w.failed} />;
}
