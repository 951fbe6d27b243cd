package sam

import (
	"encoding/json"
	"strings"
)

// domain makes the custom domain of an API, its mappings and, with a hosted zone, its
// record in Route 53.
func (s *source) domain(stage string) {
	domain, ok := s.object("Domain")
	if !ok || domain == nil {
		return
	}
	if domain["DomainName"] == nil || domain["CertificateArn"] == nil {
		s.fail("Custom Domains only works if both DomainName and CertificateArn are provided.")
		return
	}
	if domain["MutualTlsAuthentication"] != nil {
		s.fail("Mutual TLS domain name association is not supported for Websocket APIs.")
		return
	}
	endpoint := domain["EndpointConfiguration"]
	if endpoint == nil {
		endpoint = "REGIONAL"
	}
	configuration := map[string]any{"CertificateArn": domain["CertificateArn"], "EndpointType": endpoint}
	for _, name := range []string{"SecurityPolicy", "OwnershipVerificationCertificateArn"} {
		if domain[name] != nil {
			configuration[name] = domain[name]
		}
	}
	id := "ApiGatewayDomainNameV2" + hash(textOf(domain["DomainName"]))
	s.x.add(id, "AWS::ApiGatewayV2::DomainName", map[string]any{
		"DomainName": domain["DomainName"], "DomainNameConfigurations": []any{configuration}, "Tags": s.tags(false),
	}, s.derived())
	if s.mappings(domain, id, stage) {
		s.record(domain, id)
	}
}

// textOf is a value as text, for hashes that become parts of resource names.
func textOf(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	text, _ := json.Marshal(value) // values of templates always encode
	return string(text)
}

func (s *source) mappings(domain map[string]any, domainID, stage string) bool {
	mapping := func(id string, key any) {
		s.x.add(id, "AWS::ApiGatewayV2::ApiMapping", map[string]any{
			"ApiId": ref(s.id), "DomainName": ref(domainID), "Stage": ref(stage), "ApiMappingKey": key,
		}, s.derived())
	}
	paths, ok := domain["BasePath"].([]any)
	if !ok {
		if domain["BasePath"] != nil {
			s.fail("Basepath must be a list.")
			return false
		}
		mapping(s.id+"ApiMapping", nil)
		return true
	}
	for _, each := range paths {
		path, ok := each.(string)
		if !ok {
			s.fail("Basepath must be a string.")
			return false
		}
		key := strings.Trim(path, "/")
		word := strings.Map(func(r rune) rune {
			if strings.ContainsRune("-_/", r) {
				return -1
			}
			return r
		}, key)
		if key == "" {
			mapping(s.id+"ApiMapping", nil)
			continue
		}
		mapping(s.id+word+"ApiMapping", key)
	}
	return true
}

// record makes the record that leads to the domain.
func (s *source) record(domain map[string]any, domainID string) {
	route53, _ := domain["Route53"].(map[string]any)
	if route53 == nil {
		return
	}
	for _, name := range []string{"DistributionDomainName", "EvaluateTargetHealth", "IpV6", "Region", "SetIdentifier", "VpcId", "VpcRegion", "VpcIds", "SeparateRecordSetGroup"} {
		if route53[name] != nil {
			s.fail("Route53 property %s is not expanded here: write the record as an AWS::Route53::RecordSetGroup.", name)
			return
		}
	}
	zone, zoneKey := route53["HostedZoneId"], "HostedZoneId"
	if zone == nil {
		zone, zoneKey = route53["HostedZoneName"], "HostedZoneName"
	}
	if zone == nil {
		s.fail("HostedZoneId or HostedZoneName is required to enable Route53 support on Custom Domains.")
		return
	}
	record := map[string]any{
		"Name": domain["DomainName"], "Type": "A",
		"AliasTarget": map[string]any{"DNSName": attribute(domainID, "RegionalDomainName"), "HostedZoneId": attribute(domainID, "RegionalHostedZoneId")},
	}
	id := "RecordSetGroup" + hash(textOf(zone))
	if group, there := s.x.resources[id].(map[string]any); there { // another API's domain in the zone
		properties, _ := group["Properties"].(map[string]any)
		records, _ := properties["RecordSets"].([]any)
		properties["RecordSets"] = append(records, record)
		return
	}
	s.x.add(id, "AWS::Route53::RecordSetGroup", map[string]any{zoneKey: zone, "RecordSets": []any{record}}, s.derived())
}
