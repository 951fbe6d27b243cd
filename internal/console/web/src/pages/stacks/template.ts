// What the template of a stack declares, and what a form makes of it.

import { GetTemplateSummaryCommand, type Capability, type CloudFormationClient, type CreateChangeSetInput, type GetTemplateSummaryOutput, type Parameter, type ParameterDeclaration } from '@aws-sdk/client-cloudformation';

/** What the form of a stack holds. */
export interface Wanted {
  StackName?: string;
  TemplateBody: string;
  /** The values that were typed, by the parameters' names; those of NoEcho parameters apart, since they are not kept. */
  Parameters?: Record<string, string>;
  Secrets?: Record<string, string>;
  /** The capabilities that were given; a template that needs others asks again. */
  given?: Capability[];
}

/** A stack as it is before it is changed. */
export interface Present {
  name: string;
  template: string;
  /** By name; those of NoEcho parameters are stars. */
  parameters: Record<string, string>;
  /** It was made for a change set and never created: its next change set creates it. */
  inReview: boolean;
}

export const readTemplate = (client: CloudFormationClient, TemplateBody: string): Promise<GetTemplateSummaryOutput> => client.send(new GetTemplateSummaryCommand({ TemplateBody }));

/** What a parameter has in the form: what was typed, else what the stack has, else its default. A NoEcho one has only what was typed. */
export function shownValue({ ParameterKey = '', NoEcho, DefaultValue }: ParameterDeclaration, wanted: Wanted, present?: Present): string {
  if (NoEcho) return wanted.Secrets?.[ParameterKey] ?? '';
  return wanted.Parameters?.[ParameterKey] ?? present?.parameters[ParameterKey] ?? DefaultValue ?? '';
}

/** The names of the parameters that have neither a value nor a default. */
export function withoutValue(declared: ParameterDeclaration[], wanted: Wanted, present?: Present): string[] {
  const lacks = (one: ParameterDeclaration) => shownValue(one, wanted, present) === '' && one.DefaultValue === undefined && !(one.NoEcho && one.ParameterKey! in (present?.parameters ?? {}));
  return declared.filter(lacks).map((one) => one.ParameterKey!);
}

/** The parameters of a call. What nobody typed stays as it is: the stack's own value, or the default. */
export function parametersOf(declared: ParameterDeclaration[], wanted: Wanted, present?: Present): Parameter[] {
  return declared.flatMap(({ ParameterKey = '', NoEcho }) => {
    const typed = NoEcho ? wanted.Secrets?.[ParameterKey] || undefined : wanted.Parameters?.[ParameterKey];
    if (typed !== undefined) return { ParameterKey, ParameterValue: typed };
    return present && ParameterKey in present.parameters ? { ParameterKey, UsePreviousValue: true } : [];
  });
}

/** The capabilities that a template needs. What its transforms make is not known before: it may be roles, with names. */
export function neededCapabilities({ Capabilities = [], DeclaredTransforms = [] }: GetTemplateSummaryOutput): Capability[] {
  return DeclaredTransforms.length > 0 ? [...new Set<Capability>([...Capabilities, 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'])] : Capabilities;
}

/** Whether everything that the template needs was given. */
export function isGiven(summary: GetTemplateSummaryOutput, { given = [] }: Wanted): boolean {
  return neededCapabilities(summary).every((one) => given.includes(one));
}

/** The call that makes a change set. */
export function changeSetInput(name: string, summary: GetTemplateSummaryOutput, wanted: Wanted, present?: Present): CreateChangeSetInput {
  const Parameters = parametersOf(summary.Parameters ?? [], wanted, present);
  const Capabilities = neededCapabilities(summary);
  const same = present && !present.inReview && present.template === wanted.TemplateBody;
  return {
    StackName: present?.name ?? wanted.StackName,
    ChangeSetName: name,
    ChangeSetType: present && !present.inReview ? 'UPDATE' : 'CREATE',
    ...(same ? { UsePreviousTemplate: true } : { TemplateBody: wanted.TemplateBody }),
    ...(Parameters.length > 0 && { Parameters }),
    ...(Capabilities.length > 0 && { Capabilities }),
    IncludeNestedStacks: true,
  };
}

/** The same call as it is shown: secrets are stars. */
export function shownInput(input: CreateChangeSetInput, declared: ParameterDeclaration[]): CreateChangeSetInput {
  const secret = new Set(declared.filter((one) => one.NoEcho).map((one) => one.ParameterKey));
  const stars = (one: Parameter) => (secret.has(one.ParameterKey) && one.ParameterValue !== undefined ? { ...one, ParameterValue: '****' } : one);
  return input.Parameters ? { ...input, Parameters: input.Parameters.map(stars) } : input;
}
