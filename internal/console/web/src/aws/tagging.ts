// Tags, in the four ways in which AWS's services keep them.

import { GetTagsCommand, TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-apigatewayv2';
import { GetTagsCommand as GetTagsV1Command, TagResourceCommand as TagResourceV1Command, UntagResourceCommand as UntagResourceV1Command } from '@aws-sdk/client-api-gateway';
import { ListPolicyTagsCommand, ListRoleTagsCommand, ListUserTagsCommand, TagPolicyCommand, TagRoleCommand, TagUserCommand, UntagPolicyCommand, UntagRoleCommand, UntagUserCommand, type Tag } from '@aws-sdk/client-iam';
import type { Clients } from './clients';

export type TagMap = Record<string, string>;

/** How one resource's tags are read and changed: AWS adds and removes them by separate calls. */
export interface Tagging {
  read(): Promise<TagMap>;
  put(tags: TagMap): Promise<unknown>;
  drop(keys: string[]): Promise<unknown>;
  /** What put and drop call, to show it as commands. */
  service: string;
  calls(added: TagMap, gone: string[]): TagCall[];
}

export interface TagCall {
  operation: string;
  input: Record<string, unknown>;
}

/** The operations of one kind of resource: TagRole and UntagRole. */
const callsOf = (kind: string, ids: object, tags: (added: TagMap) => unknown = (added) => added) => (added: TagMap, gone: string[]): TagCall[] => [
  ...(Object.keys(added).length > 0 ? [{ operation: `Tag${kind}`, input: { ...ids, Tags: tags(added) } }] : []),
  ...(gone.length > 0 ? [{ operation: `Untag${kind}`, input: { ...ids, TagKeys: gone } }] : []),
];

/** The ARN that API Gateway's tags go by: path is "apis/abcdef1234/stages/prod". */
export function gatewayArn(region: string, path: string): string {
  return `arn:aws:apigateway:${region}::/${path}`;
}

export function gatewayTags({ gateway }: Clients, ResourceArn: string): Tagging {
  return {
    read: async () => (await gateway.send(new GetTagsCommand({ ResourceArn }))).Tags ?? {},
    put: (Tags) => gateway.send(new TagResourceCommand({ ResourceArn, Tags })),
    drop: (TagKeys) => gateway.send(new UntagResourceCommand({ ResourceArn, TagKeys })),
    service: 'apigatewayv2',
    calls: callsOf('Resource', { ResourceArn }),
  };
}

/** API keys, usage plans and client certificates: the first version's API. */
export function keyTags({ keys }: Clients, resourceArn: string): Tagging {
  return {
    read: async () => (await keys.send(new GetTagsV1Command({ resourceArn }))).tags ?? {},
    put: (tags) => keys.send(new TagResourceV1Command({ resourceArn, tags })),
    drop: (tagKeys) => keys.send(new UntagResourceV1Command({ resourceArn, tagKeys })),
    service: 'apigateway',
    calls: callsOf('Resource', { ResourceArn: resourceArn }),
  };
}

export function roleTags({ iam }: Clients, RoleName: string): Tagging {
  return {
    read: async () => asMap((await iam.send(new ListRoleTagsCommand({ RoleName }))).Tags),
    put: (tags) => iam.send(new TagRoleCommand({ RoleName, Tags: asTags(tags) })),
    drop: (TagKeys) => iam.send(new UntagRoleCommand({ RoleName, TagKeys })),
    service: 'iam',
    calls: callsOf('Role', { RoleName }, asTags),
  };
}

export function userTags({ iam }: Clients, UserName: string): Tagging {
  return {
    read: async () => asMap((await iam.send(new ListUserTagsCommand({ UserName }))).Tags),
    put: (tags) => iam.send(new TagUserCommand({ UserName, Tags: asTags(tags) })),
    drop: (TagKeys) => iam.send(new UntagUserCommand({ UserName, TagKeys })),
    service: 'iam',
    calls: callsOf('User', { UserName }, asTags),
  };
}

export function policyTags({ iam }: Clients, PolicyArn: string): Tagging {
  return {
    read: async () => asMap((await iam.send(new ListPolicyTagsCommand({ PolicyArn }))).Tags),
    put: (tags) => iam.send(new TagPolicyCommand({ PolicyArn, Tags: asTags(tags) })),
    drop: (TagKeys) => iam.send(new UntagPolicyCommand({ PolicyArn, TagKeys })),
    service: 'iam',
    calls: callsOf('Policy', { PolicyArn }, asTags),
  };
}

function asMap(tags: Tag[] | undefined): TagMap {
  return Object.fromEntries((tags ?? []).map((tag) => [tag.Key!, tag.Value!]));
}

function asTags(tags: TagMap): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** What to add and which keys to remove: AWS has a call for each. */
export function tagChanges(before: TagMap, after: TagMap): { added: TagMap; gone: string[] } {
  return {
    added: Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value)),
    gone: Object.keys(before).filter((key) => !(key in after)),
  };
}
