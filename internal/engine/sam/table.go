package sam

import (
	"maps"
	"slices"
)

// tableType is a table of DynamoDB with a key of one attribute. There is no DynamoDB here: the
// stack fails by the name of the table's type, or skips it where the operator says so.
const tableType = prefix + "SimpleTable"

// simpleTable makes the table that AWS's transform makes.
func (s *source) simpleTable() {
	key, _ := s.given["PrimaryKey"].(map[string]any)
	name, kind := any("id"), "S"
	if key["Name"] != nil {
		name = key["Name"]
	}
	switch key["Type"] {
	case nil, "String":
	case "Number":
		kind = "N"
	case "Binary":
		kind = "B"
	default:
		s.fail("PrimaryKey.Type must be String, Number or Binary.")
		return
	}
	properties := map[string]any{
		"AttributeDefinitions": []any{map[string]any{"AttributeName": name, "AttributeType": kind}},
		"KeySchema":            []any{map[string]any{"AttributeName": name, "KeyType": "HASH"}},
	}
	if s.given["ProvisionedThroughput"] == nil {
		properties["BillingMode"] = "PAY_PER_REQUEST"
	}
	for _, each := range []string{"ProvisionedThroughput", "TableName", "SSESpecification", "PointInTimeRecoverySpecification", "Tags"} {
		properties[each] = s.given[each]
	}
	if tags, ok := s.given["Tags"].(map[string]any); ok {
		list := []any{}
		for _, key := range slices.Sorted(maps.Keys(tags)) {
			list = append(list, map[string]any{"Key": key, "Value": tags[key]})
		}
		properties["Tags"] = list
	}
	s.x.add(s.id, "AWS::DynamoDB::Table", properties, s.attributes)
}
