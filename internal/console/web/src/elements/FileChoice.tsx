import FileInput from '@cloudscape-design/components/file-input';

/** Cloudscape's choice of a file, which few pages need: those load it when they are visited. */
export default function FileChoice({ accept, text, choose }: { accept: string; text: string; choose(file: File | undefined): void }) {
  return <FileInput accept={accept} value={[]} onChange={({ detail }) => choose(detail.value[0])}>{text}</FileInput>;
}
