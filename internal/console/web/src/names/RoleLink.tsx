import Link from '@cloudscape-design/components/link';
import { href } from '../hooks/router';

/** A role by its name, with a link to its page; other ARNs stand as they are. */
export function RoleLink({ arn, none = '–' }: { arn: string | undefined; none?: string }) {
  const name = arn?.split(':role/')[1]?.split('/').at(-1);
  return name ? <Link href={href('iam', 'roles', name)}>{name}</Link> : <>{arn || none}</>;
}
