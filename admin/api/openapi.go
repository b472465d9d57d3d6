package api

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"

	"loaxa/admin/route"
)

var pathParam = regexp.MustCompile(`:([a-z_]+)`)

type object = map[string]any

// describe writes the OpenAPI document from the routes: their shapes come from the types that the handlers use, so
// that the description cannot drift from the code.
func describe(table []route.Route, version string) ([]byte, error) {
	d := describer{schemas: object{}, names: map[reflect.Type]string{}}
	paths := object{}
	for _, rt := range table {
		path := pathParam.ReplaceAllString(rt.Path, "{$1}")
		item, ok := paths[path].(object)
		if !ok {
			item = object{}
			paths[path] = item
		}
		item[strings.ToLower(rt.Method)] = d.operation(rt)
	}
	d.schemas["Problem"] = object{"type": "object", "required": []string{"type", "title", "status", "code"}, "properties": object{
		"type": object{"type": "string"}, "title": object{"type": "string"}, "status": object{"type": "integer"},
		"detail": object{"type": "string"}, "code": object{"type": "string", "description": "stable"},
		"do": object{"type": "string", "description": "what to do"}, "context": object{"type": "object"},
		"fields": object{"type": "array", "items": d.schema(reflect.TypeFor[route.Field]())}}}
	doc := object{"openapi": "3.1.0",
		"info":  object{"title": "loaxa", "version": version, "description": "The programme of a commune's loudspeakers."},
		"paths": paths,
		"components": object{"schemas": d.schemas, "securitySchemes": object{
			"bearer":  object{"type": "http", "scheme": "bearer"},
			"session": object{"type": "apiKey", "in": "cookie", "name": "loaxa_session"}}}}
	return json.Marshal(doc)
}

type describer struct {
	schemas object
	names   map[reflect.Type]string
}

func (d *describer) operation(rt route.Route) object {
	op := object{"summary": rt.Doc.Summary, "operationId": operationID(rt)}
	if rt.Access != route.Public {
		op["security"] = []object{{"bearer": []string{}}, {"session": []string{}}}
		op["x-roles"] = rt.Roles
	}
	var params []object
	for _, m := range pathParam.FindAllStringSubmatch(rt.Path, -1) {
		params = append(params, object{"name": m[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	for _, q := range rt.Doc.Query {
		params = append(params, object{"name": q.Name, "in": "query", "description": q.About, "schema": object{"type": "string"}})
	}
	if params != nil {
		op["parameters"] = params
	}
	switch {
	case rt.Doc.Request != nil:
		op["requestBody"] = object{"content": object{"application/json": object{"schema": d.schema(reflect.TypeOf(rt.Doc.Request))}}}
	case rt.Doc.Form:
		op["requestBody"] = object{"content": object{"multipart/form-data": object{"schema": object{"type": "object", "properties": object{
			"file": object{"type": "string", "format": "binary"}, "title": object{"type": "string"},
			"tags": object{"type": "string", "description": "separated by commas"}, "source": object{"type": "string"}}}}}}
	}
	success := object{"description": "done"}
	if rt.Doc.Response != nil {
		success["content"] = object{"application/json": object{"schema": d.schema(reflect.TypeOf(rt.Doc.Response))}}
	} else if rt.Doc.Type != "" {
		success["content"] = object{rt.Doc.Type: object{}}
	}
	status := rt.Doc.Status
	if status == 0 {
		status = 200
	}
	op["responses"] = object{fmt.Sprint(status): success, "default": object{"description": "a problem",
		"content": object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}}}}
	return op
}

// operationID names an operation by its method and path: getClipsIdAudio.
func operationID(rt route.Route) string {
	id := strings.ToLower(rt.Method)
	for _, part := range strings.FieldsFunc(strings.TrimPrefix(rt.Path, Prefix), func(r rune) bool { return strings.ContainsRune("/:._-", r) }) {
		id += strings.ToUpper(part[:1]) + part[1:]
	}
	return id
}

// schema is the JSON schema of a type; named structs are put among the components.
func (d *describer) schema(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[json.RawMessage]():
		return object{}
	case t.Kind() == reflect.Pointer:
		return object{"anyOf": []object{d.schema(t.Elem()), {"type": "null"}}}
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextMarshaler]()), reflect.PointerTo(t).Implements(reflect.TypeFor[json.Marshaler]()):
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Struct:
		return d.component(t)
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{"type": "string", "format": "byte"}
		}
		return object{"type": "array", "items": d.schema(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": d.schema(t.Elem())}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return object{"type": "integer"}
	case reflect.String:
		return object{"type": "string"}
	}
	return object{}
}

func (d *describer) component(t reflect.Type) object {
	name, ok := d.names[t]
	if !ok {
		name = strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
		if _, taken := d.schemas[name]; taken {
			name = strings.ReplaceAll(t.String(), ".", "_")
		}
		d.names[t] = name
		d.schemas[name] = object{} // holds the name while the fields are described
		properties, required := object{}, []string{}
		d.fields(t, properties, &required)
		d.schemas[name] = object{"type": "object", "properties": properties, "required": required}
	}
	return object{"$ref": "#/components/schemas/" + name}
}

func (d *describer) fields(t reflect.Type, properties object, required *[]string) {
	for f := range t.Fields() {
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			d.fields(f.Type, properties, required)
			continue
		}
		if name == "" || name == "-" {
			continue
		}
		properties[name] = d.schema(f.Type)
		if !strings.Contains(rest, "omit") {
			*required = append(*required, name)
		}
	}
}
