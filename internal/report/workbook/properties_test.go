package workbook_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"slices"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// Namespaces of docProps/core.xml.
const (
	coreProperties = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
	dublinCore     = "http://purl.org/dc/elements/1.1/"
	dublinTerms    = "http://purl.org/dc/terms/"
	schemaInstance = "http://www.w3.org/2001/XMLSchema-instance"
)

// properties are the elements that coreProperties may have, each once and in any order:
// ISO/IEC 29500-2, CT_CoreProperties of opc-coreProperties.xsd.
var properties = map[string][]string{
	coreProperties: {"category", "contentStatus", "keywords", "lastModifiedBy", "lastPrinted", "revision", "version"},
	dublinCore:     {"creator", "description", "identifier", "language", "subject", "title"},
	dublinTerms:    {"created", "modified"},
}

// TestThePropertiesAreThoseOfTheirSchema reads docProps/core.xml as its schema has it: an
// element that it does not know, or a second one, makes Excel repair the file. A moment
// says its type, W3CDTF, and is one.
func TestThePropertiesAreThoseOfTheirSchema(t *testing.T) {
	t.Parallel()
	file, _ := write(t, read(t, monthly), definition.XLSX, locale.Spanish)
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(archive.File, func(entry *zip.File) bool { return entry.Name == "docProps/core.xml" })
	if at < 0 {
		t.Fatal("the workbook has no docProps/core.xml")
	}
	var core struct {
		XMLName xml.Name
		All     []struct {
			XMLName xml.Name
			Attrs   []xml.Attr `xml:",any,attr"`
			Text    string     `xml:",chardata"`
		} `xml:",any"`
	}
	if err := xml.Unmarshal(contentOf(t, archive.File[at]), &core); err != nil {
		t.Fatal(err)
	}
	if core.XMLName != (xml.Name{Space: coreProperties, Local: "coreProperties"}) {
		t.Errorf("the root is %v", core.XMLName)
	}
	met := map[xml.Name]bool{}
	for _, property := range core.All {
		if !slices.Contains(properties[property.XMLName.Space], property.XMLName.Local) || met[property.XMLName] {
			t.Errorf("%v may not stand there, or not twice", property.XMLName)
		}
		met[property.XMLName] = true
		if property.XMLName.Space != dublinTerms {
			continue
		}
		typed := slices.Contains(property.Attrs, xml.Attr{Name: xml.Name{Space: schemaInstance, Local: "type"}, Value: "dcterms:W3CDTF"})
		if _, err := time.Parse(time.RFC3339, property.Text); err != nil || !typed {
			t.Errorf("%v is %q, with %v", property.XMLName, property.Text, property.Attrs)
		}
	}
	for space, name := range map[string]string{dublinCore: "title", dublinTerms: "created", coreProperties: "lastModifiedBy"} {
		if !met[xml.Name{Space: space, Local: name}] {
			t.Errorf("there is no %s", name)
		}
	}
}
