import { href } from '../../hooks/router';

const folders: Record<string, string[]> = {
  'AWS::ApiGatewayV2::Api': ['apis'],
  'AWS::ApiGatewayV2::DomainName': ['domains'],
  'AWS::ApiGateway::UsagePlan': ['usageplans'],
  'AWS::Lambda::Function': ['functions'],
  'AWS::IAM::Role': ['iam', 'roles'],
  'AWS::IAM::User': ['iam', 'users'],
  'AWS::IAM::Group': ['iam', 'groups'],
  'AWS::IAM::ManagedPolicy': ['iam', 'policies'],
  'AWS::CloudFormation::Stack': ['stacks'],
};

/** The console's page of a resource of a stack; undefined where it has none. */
export function placeOf(type: string | undefined, id: string | undefined): string | undefined {
  const folder = folders[type ?? ''];
  if (!folder || !id) return undefined;
  // A nested stack is known by its ARN, arn:aws:cloudformation:…:stack/NAME/ID.
  return href(...folder, type === 'AWS::CloudFormation::Stack' ? (id.split('/')[1] ?? id) : id);
}
