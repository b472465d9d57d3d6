// Package route is what the server and its handlers agree on: a route says who may call it and how much it may send;
// a handler takes a Call and returns a Reply or an error, and writes nothing itself.
package route

import (
	"net/http"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/locale"
)

// Access says who may call a route.
type Access string

// Public: anybody. Local: without sign-in from this machine, otherwise any role. Signed: the Roles of the route.
const (
	Public Access = "public"
	Local  Access = "local"
	Signed Access = "signed"
)

// Everybody is every role: for what whoever is signed in may read.
func Everybody() []account.Role { return account.Roles() }

// Editors may change what is played.
func Editors() []account.Role {
	return []account.Role{account.Operator, account.Approver, account.Administrator}
}

// Route is one row of the table.
type Route struct {
	Method, Path string // Path as gin reads it: /clips/:id
	Access       Access
	Roles        []account.Role // when Access is Signed; never empty then
	MaxBody      int64          // bytes; 0: a body is refused
	// Slow routes stream: their deadlines move on with each piece, see Call.Extend.
	Slow bool
	// Logged names the act in the operator record that is written when a role is refused; "" for plain reads.
	Logged string
	// Phone routes are what a registered phone may do: speak in an emergency, stop, and see what goes on.
	Phone bool
	// Page routes answer people: problems are shown as a page, not as a document.
	Page   bool
	Handle Handler
	Doc    Doc
}

// Doc describes a route of the JSON API for openapi.json.
type Doc struct {
	Summary  string
	Query    []Param
	Request  any    // an example value of the request's type; nil: no JSON body
	Form     bool   // the body is multipart/form-data
	Response any    // an example value of the response's type; nil: not JSON
	Type     string // media type of the response when it is not JSON
	Status   int    // of success; 0 is 200
}

// Param is one query parameter.
type Param struct{ Name, About string }

// Handler does the work of a route.
type Handler func(*Call) (Reply, error)

// Call is one request, after it was let in. It is valid until the handler and its reply are done.
type Call struct {
	Request *http.Request // its body is limited to the route's MaxBody
	Param   func(name string) string
	Who     account.Identity
	Words   locale.Words
	Peer    string // address for rate limits
	// Extend gives the connection d more time from now for reading and writing.
	Extend func(d time.Duration)
}

// Query is a query parameter, "" when absent.
func (c *Call) Query(name string) string { return c.Request.URL.Query().Get(name) }
