package resource

import (
	"maps"
	"slices"
)

// TagMap is the resource's tags: those of its property Tags over those of the stack.
func (r *Request) TagMap() map[string]any { return tagsOf(r.Tags, r.Properties) }

// TagList is [Request.TagMap] in the form [{Key, Value}], sorted by key.
func (r *Request) TagList() []any { return TagPairs(r.TagMap()) }

// TagChanges are the tags that an Update sets and the keys that it takes away.
func (r *Request) TagChanges() (set map[string]any, removed []any) {
	before, after := tagsOf(r.PreviousTags, r.Previous), r.TagMap()
	set = map[string]any{}
	for key, value := range after {
		if was, there := before[key]; !there || was != value {
			set[key] = value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if _, there := after[key]; !there {
			removed = append(removed, key)
		}
	}
	return set, removed
}

// TagPairs are tags in the form [{Key, Value}], sorted by key.
func TagPairs(tags map[string]any) []any {
	list := make([]any, 0, len(tags))
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, map[string]any{"Key": key, "Value": tags[key]})
	}
	return list
}

func tagsOf(stack map[string]string, properties map[string]any) map[string]any {
	all := map[string]any{}
	for key, value := range stack {
		all[key] = value
	}
	switch tags := properties["Tags"].(type) {
	case map[string]any:
		maps.Copy(all, tags)
	case []any:
		for _, each := range tags {
			tag, _ := each.(map[string]any)
			key, _ := tag["Key"].(string)
			all[key] = tag["Value"]
		}
	}
	return all
}
