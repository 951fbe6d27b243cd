import { StackPage } from './StackPage';
import { Stacks } from './Stacks';

/** The stacks, or one of them: both are one part of the build, and so is AWS's client, which no other page needs. */
export default function StackPages({ name }: { name?: string }) {
  return name === undefined ? <Stacks /> : <StackPage name={name} />;
}
