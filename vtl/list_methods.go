package vtl

import "slices"

// list is the list of a value that is one.
func (v Value) list() *List { return v.ref.(*List) }

// collectionMethods are those of java.util.Collection that change nothing: lists,
// arrays and views of maps have them. Velocity wraps arrays into lists.
var collectionMethods = []method{
	{"size", "", alone, func(_ *Run, v Value, _ arguments) Value { return Int(int64(v.list().Len())) }},
	{"isEmpty", "", alone, func(_ *Run, v Value, _ arguments) Value { return Bool(v.list().Len() == 0) }},
	{"iterator", "", alone, iteratorOf},
	{"contains", "o", 0, func(r *Run, v Value, a arguments) Value { return Bool(r.indexOf(v.list(), a[0]) >= 0) }},
	{"containsAll", "C", noNulls, func(r *Run, v Value, a arguments) Value {
		other := a[0].list()
		for i := range other.Len() {
			if r.indexOf(v.list(), other.At(i)) < 0 {
				return Bool(false)
			}
		}
		return Bool(true)
	}},
	{"toArray", "", alone, func(r *Run, v Value, _ arguments) Value { return newArray(r.copyOf(v.list())) }},
	{"stream", "", alone, nil},
	{"parallelStream", "", alone, nil},
	{"spliterator", "", alone, nil},
}

// itemMethods are those of lists and arrays, whose items have an index.
var itemMethods = []method{
	{"get", "i", 0, func(r *Run, v Value, a arguments) Value { return r.itemAt(v.list(), int64(a.int(0))) }},
	{"set", "io", changes, func(r *Run, v Value, a arguments) Value { return r.setItem(v.list(), int64(a.int(0)), a[1]) }},
	{"indexOf", "o", 0, func(r *Run, v Value, a arguments) Value { return Int(int64(r.indexOf(v.list(), a[0]))) }},
	{"lastIndexOf", "o", 0, func(r *Run, v Value, a arguments) Value { return Int(int64(r.lastIndexOf(v.list(), a[0]))) }},
	{"subList", "ii", 0, func(r *Run, v Value, a arguments) Value { return r.subList(v.list(), a.int(0), a.int(1)) }},
	{"listIterator", "", alone, iteratorOf},
}

func iteratorOf(_ *Run, v Value, _ arguments) Value {
	it := newIterator(v.list())
	return Value{kind: KindIterator, ref: &it}
}

// arrayMethods are those of Velocity's wrapper of an array, whose length is fixed.
var arrayMethods = []method{
	{"add", "o", changes, refuseLength("add")},
	{"add", "io", changes, refuseLength("add")},
	{"remove", "i", changes, refuseLength("remove")},
	{"remove", "o", changes, func(r *Run, v Value, a arguments) Value {
		if r.indexOf(v.list(), a[0]) >= 0 {
			r.failLength("remove")
		}
		return Bool(false)
	}},
	{"clear", "", alone, nil},
	{"clone", "", alone, nil},
	{"trimToSize", "", alone, nil},
}

func (r *Run) failLength(method string) { r.refuse(method, "fixed_length") }

func refuseLength(name string) func(*Run, Value, arguments) Value {
	return func(r *Run, _ Value, _ arguments) Value {
		r.failLength(name)
		return Value{}
	}
}

// listMethods are those of java.util.List that change a list, and its static ones.
var listMethods = []method{
	{"add", "o", changes, func(r *Run, v Value, a arguments) Value {
		r.take(valueSize)
		v.list().Add(a[0])
		return Bool(true)
	}},
	{"add", "io", changes, func(r *Run, v Value, a arguments) Value {
		r.insert(v.list(), "add", a.int(0), []Value{a[1]})
		return String("")
	}},
	{"addAll", "C", changes | noNulls, func(r *Run, v Value, a arguments) Value { return r.addAll(v.list(), v.list().Len(), a[0].list()) }},
	{"addAll", "iC", changes | noNulls, func(r *Run, v Value, a arguments) Value { return r.addAll(v.list(), a.int(0), a[1].list()) }},
	{"remove", "i", changes, func(r *Run, v Value, a arguments) Value {
		r.itemAt(v.list(), int64(a.int(0)))
		return v.list().removeAt(a.int(0))
	}},
	{"remove", "o", changes, func(r *Run, v Value, a arguments) Value {
		i := r.indexOf(v.list(), a[0])
		if i >= 0 {
			v.list().removeAt(i)
		}
		return Bool(i >= 0)
	}},
	{"removeAll", "C", changes | noNulls, func(r *Run, v Value, a arguments) Value { return r.keep(v.list(), a[0].list(), false) }},
	{"retainAll", "C", changes | noNulls, func(r *Run, v Value, a arguments) Value { return r.keep(v.list(), a[0].list(), true) }},
	{"clear", "", changes | alone, func(_ *Run, v Value, _ arguments) Value {
		v.list().clear()
		return String("")
	}},
	{"of", "o*", 0, func(r *Run, _ Value, a arguments) Value {
		r.take(valueSize * len(a))
		return ListValue(&List{items: slices.Clone(a)})
	}},
	{"copyOf", "C", noNulls, func(r *Run, _ Value, a arguments) Value { return ListValue(&List{items: r.copyOf(a[0].list())}) }},
}

// arrayListMethods are those of java.util.ArrayList, which json-smart's JSONArray
// extends.
var arrayListMethods = []method{
	{"clone", "", alone, func(r *Run, v Value, _ arguments) Value {
		return ListValue(&List{style: v.list().style, items: r.copyOf(v.list())})
	}},
	{"trimToSize", "", alone, nothing},
	{"ensureCapacity", "i", 0, nothing},
}

// subListMethods are methods that a sub list does not have. A call of them with
// arguments fails as for an ArrayList.
var subListMethods = []method{
	{"clone", "", alone, nil},
	{"trimToSize", "", alone, nil},
}

// nothing is a method without a result and without a visible effect, such as
// trimToSize.
func nothing(*Run, Value, arguments) Value { return String("") }

// jsonArrayMethods are those of json-smart's JSONArray.
var jsonArrayMethods = []method{
	{"toJSONString", "", 0, jsonText},
	{"toString", "", 0, jsonText},
}

func jsonText(r *Run, v Value, _ arguments) Value {
	p := printer{run: r, max: r.limits.MaxString}
	return r.text(string(p.jsonList(nil, v.list(), true)))
}

// viewMethods change the map that keySet, values and entrySet show.
var viewMethods = []method{
	{"remove", "o", changes, func(r *Run, v Value, a arguments) Value {
		l := v.list()
		i := r.indexOf(l, a[0])
		if i >= 0 {
			l.of.Remove(l.of.all()[i].key)
		}
		return Bool(i >= 0)
	}},
	{"removeAll", "C", changes | noNulls, func(r *Run, v Value, a arguments) Value { return r.keepEntries(v.list(), a[0].list(), false) }},
	{"retainAll", "C", changes | noNulls, func(r *Run, v Value, a arguments) Value { return r.keepEntries(v.list(), a[0].list(), true) }},
	{"clear", "", changes | alone, func(_ *Run, v Value, _ arguments) Value {
		v.list().of.clear()
		return String("")
	}},
	{"add", "o", changes, refuseNew("add")},
	{"addAll", "C", changes, refuseNew("addAll")},
}

func refuseNew(name string) func(*Run, Value, arguments) Value {
	return func(r *Run, _ Value, _ arguments) Value {
		r.refuse(name, "map_view")
		return Value{}
	}
}

// iteratorMethods are those of java.util.Iterator.
var iteratorMethods = []method{
	{"hasNext", "", alone, func(_ *Run, v Value, _ arguments) Value { return Bool(v.ref.(*iterator).hasNext()) }},
	{"next", "", alone, func(r *Run, v Value, _ arguments) Value { return v.ref.(*iterator).next(r) }},
	{"remove", "", changes | alone, func(r *Run, v Value, _ arguments) Value { return r.removeCurrent(v.ref.(*iterator)) }},
}
