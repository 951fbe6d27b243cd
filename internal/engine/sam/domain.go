package sam

import (
	"encoding/json"
	"maps"
	"slices"
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

// mappings adds an ApiMapping for each BasePath of the domain, or one without a key; false
// when BasePath is malformed, which was recorded.
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
	for _, name := range slices.Sorted(maps.Keys(route53)) {
		if !slices.Contains(recordProperties, name) {
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
	made := []any{recordOf("A", domain, route53, domainID)}
	if route53["IpV6"] == true {
		made = append(made, recordOf("AAAA", domain, route53, domainID))
	}
	id := "RecordSetGroup" + hash(textOf(zone))
	if group, there := s.x.resources[id].(map[string]any); there { // another API's domain in the zone
		properties, _ := group["Properties"].(map[string]any)
		records, _ := properties["RecordSets"].([]any)
		properties["RecordSets"] = append(records, made...)
		return
	}
	s.x.add(id, "AWS::Route53::RecordSetGroup", map[string]any{zoneKey: zone, "RecordSets": made}, s.derived())
}

// recordProperties are the properties that Route53 has in a WebSocketApi's domain.
var recordProperties = []string{"EvaluateTargetHealth", "HostedZoneId", "HostedZoneName", "IpV6", "Region", "SetIdentifier"}

// recordOf is one record of a type: an alias of the domain.
func recordOf(kind string, domain, route53 map[string]any, domainID string) map[string]any {
	target := map[string]any{"DNSName": attribute(domainID, "RegionalDomainName"), "HostedZoneId": attribute(domainID, "RegionalHostedZoneId")}
	record := map[string]any{"Name": domain["DomainName"], "Type": kind, "AliasTarget": target}
	if health := route53["EvaluateTargetHealth"]; health != nil {
		target["EvaluateTargetHealth"] = health
	}
	for _, name := range []string{"Region", "SetIdentifier"} {
		if value := route53[name]; value != nil {
			record[name] = value
		}
	}
	return record
}
