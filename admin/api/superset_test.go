package api

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"loaxa/admin/report"
	"loaxa/admin/report/sheet"
	"loaxa/player/playlog/evidence"
)

// fields are the names of a type's fields in JSON.
func fields(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		out = append(out, name)
	}
	return out
}

// A program that reads GET /broadcasts must be able to read the report document: what the one says, the other says under
// the same name.
func TestTheReportDocumentSaysWhatBroadcastsSays(t *testing.T) {
	from := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	a := &report.Account{From: from, Until: from.AddDate(0, 0, 1), Begins: from, Read: from, Origin: "loaxa/THU/main/1", Size: 1, Figures: evidence.NewFigures(),
		Rows: []report.Row{{Broadcast: "p-1@x", Due: from, Outcome: evidence.Missed, OutageFrom: from, OutageUntil: from.Add(time.Hour),
			Start: evidence.CorrectedTime{Written: evidence.At(from)}, End: evidence.CorrectedTime{Written: evidence.At(from)}}}}
	var out bytes.Buffer
	if err := sheet.JSON(context.Background(), &out, a, sheet.Options{Zone: time.UTC}); err != nil {
		t.Fatal(err)
	}
	var doc map[string]json.RawMessage
	var rows []map[string]json.RawMessage
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(doc["broadcasts"], &rows); err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, name := range fields(reflect.TypeFor[broadcastList]()) {
		if _, ok := doc[name]; !ok {
			t.Errorf("the document lacks %s", name)
		}
	}
	for _, name := range fields(reflect.TypeFor[Broadcast]()) {
		if _, ok := rows[0][name]; !ok {
			t.Errorf("a row lacks %s", name)
		}
	}
}
