package apis

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
	"github.com/pasarela-ws/pasarela/internal/engine/stagevariable"
)

// check checks the members given, each by itself; checkIntegrationMembers checks what they
// mean together.
func (in *IntegrationFields) check(c *check) {
	c.notEmptied("integrationType", in.IntegrationType)
	c.oneOf("integrationType", in.IntegrationType, pasarela.IntegrationTypeNames()...)
	c.oneOf("integrationMethod", in.IntegrationMethod, "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY")
	c.oneOf("connectionType", in.ConnectionType, pasarela.ConnectionInternet, pasarela.ConnectionVPCLink)
	c.oneOf("contentHandlingStrategy", in.ContentHandlingStrategy, pasarela.ConvertToBinary, pasarela.ConvertToText)
	c.oneOf("passthroughBehavior", in.PassthroughBehavior, pasarela.PassthroughWhenNoMatch, pasarela.PassthroughWhenNoTemplates, pasarela.PassthroughNever)
	c.oneOf("payloadFormatVersion", in.PayloadFormatVersion, "1.0")
	c.atMost("connectionId", in.ConnectionID, 1024)
	c.atMost("description", in.Description, 1024)
	c.atMost("integrationUri", in.IntegrationURI, 2048)
	c.between("timeoutInMillis", in.TimeoutInMillis, pasarela.MinTimeoutInMillis, pasarela.MaxTimeoutInMillis)
	c.values("requestParameters", in.RequestParameters, 512)
	c.values("requestTemplates", in.RequestTemplates, maxTemplate)
	c.role("credentialsArn", in.CredentialsARN)
	if in.TLSConfig != nil {
		c.atMost("tlsConfig.serverNameToVerify", &in.TLSConfig.ServerNameToVerify, 512)
	}
}

// maxTemplate is the length of one mapping template in the service model.
const maxTemplate = 32768

// role refuses what is no role ARN; a role of another account is refused when it is to be
// assumed.
func (c *check) role(member string, arn *string) {
	if arn == nil || *arn == "" || *arn == pasarela.CallerCredentials || stagevariable.Uses(*arn) {
		return
	}
	if !pasarela.IsRoleARN(*arn) {
		c.fail("Invalid member '%s': %q is not the ARN of a role (arn:aws:iam::123456789012:role/name).", member, *arn)
	}
}

// checkIntegration checks the members together, and the address.
func checkIntegration(i *pasarela.Integration) error {
	if err := checkIntegrationMembers(i); err != nil || !i.Type().Backend {
		return err
	}
	return checkURI(i)
}

func checkIntegrationMembers(i *pasarela.Integration) error {
	if !i.Type().Backend {
		return nil
	}
	if i.IntegrationType == pasarela.IntegrationAWSProxy && i.IntegrationMethod != "POST" {
		return bad("HttpMethod must be POST for AWS_PROXY IntegrationType")
	}
	if i.IntegrationURI == "" {
		return bad("Invalid member 'integrationUri': it is required for integrationType %s.", i.IntegrationType)
	}
	if i.IntegrationMethod == "" {
		return bad("Invalid member 'integrationMethod': it is required for integrationType %s.", i.IntegrationType)
	}
	if i.ConnectionType == pasarela.ConnectionVPCLink && i.ConnectionID == "" {
		return bad("Invalid member 'connectionId': it is required for connectionType VPC_LINK.")
	}
	return nil
}

// checkURI refuses addresses that can never be called. Stage variables may be anywhere in
// them; the result is checked with the stage.
func checkURI(i *pasarela.Integration) error {
	if i.Type().AWS {
		return checkService(i)
	}
	if text := placeholder.ReplaceAllString(i.IntegrationURI, "x"); text == "x" || isHTTP(text) {
		return nil
	}
	return bad("Invalid HTTP endpoint specified for URI: %q", i.IntegrationURI)
}

// checkService makes AWS's error sentences (aws-dataplane §4.1), followed by what is
// wrong.
func checkService(i *pasarela.Integration) error {
	if stagevariable.Uses(i.IntegrationURI) {
		return nil
	}
	if _, err := awsuri.ParseService(i.IntegrationURI); err != nil {
		if strings.HasPrefix(i.IntegrationURI, "arn:") && !strings.Contains(i.IntegrationURI, ":path/") && !strings.Contains(i.IntegrationURI, ":action/") {
			return bad("AWS ARN for integration must contain path or action: 'integrationUri' %s", err)
		}
		return bad("Invalid ARN specified in the request: 'integrationUri' %s", err)
	}
	if i.IntegrationType == pasarela.IntegrationAWSProxy {
		if _, err := awsuri.ParseFunction(i.IntegrationURI); err != nil {
			return bad("Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations: 'integrationUri' %s", err)
		}
	}
	return nil
}

// placeholder is what a URI may hold in place of a part: a stage variable, whose values
// stages have, or a path parameter of the integration ({name}), which parameter mapping fills.
var placeholder = regexp.MustCompile(`\$\{stageVariables\.[A-Za-z0-9_]+\}|\{[A-Za-z0-9_.\-]+\}`)

func isHTTP(text string) bool {
	if strings.HasPrefix(text, "x://") { // ${stageVariables.scheme}://
		text = "http" + text[1:]
	}
	u, err := url.Parse(portless(text))
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.Fragment == ""
}

// portless lets a stage variable be a port, which is a number for url.Parse.
func portless(text string) string {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return text
	}
	authority, path, slash := strings.Cut(rest, "/")
	host, port, hasPort := strings.Cut(authority, ":")
	if _, err := strconv.ParseUint(port, 10, 16); hasPort && err != nil && strings.Contains(port, "x") {
		authority = host
	}
	if slash {
		path = "/" + path
	}
	return scheme + "://" + authority + path
}

// checkMappings compiles the parameter mappings, whose faults AWS refuses at once; faults
// of templates are refused at the deployment, by AWS and here.
func (s *Service) checkMappings(api pasarela.API, i pasarela.Integration) error {
	for _, f := range s.Checker.Check(pasarela.Definition{API: api, Integrations: []pasarela.Integration{i}}) {
		switch member, target, _ := strings.Cut(f.Member, "."); member {
		case "requestParameters", "responseParameters":
			return bad("Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: %s: %s]", target, f.Message)
		case "templateSelectionExpression", "integrationResponseKey":
			return bad("Invalid member '%s': %s", f.Member, f.Message)
		}
	}
	return nil
}
