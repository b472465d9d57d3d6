package account

import (
	"fmt"
	"slices"
)

// Role says what an identity may do. The route table names the roles of every route.
type Role string

// The roles. Operator edits and plays; Approver also approves and overrides quiet hours in an emergency; Inspector
// reads and exports; Administrator may do all of it and also manages settings and tokens.
const (
	Operator      Role = "operator"
	Approver      Role = "approver"
	Inspector     Role = "inspector"
	Administrator Role = "administrator"
)

// Roles lists all roles, in the order in which pages show them.
func Roles() []Role { return []Role{Operator, Approver, Inspector, Administrator} }

// ParseRole reads a role as people type it.
func ParseRole(s string) (Role, error) {
	if r := Role(s); slices.Contains(Roles(), r) {
		return r, nil
	}
	return "", &InputError{Field: "role", Message: fmt.Sprintf("unknown role %q; use operator, approver, inspector or administrator", s)}
}

// MayApprove says whether this role approves clips, and so may let one sound, once, that nobody approved.
func (r Role) MayApprove() bool { return r == Approver || r == Administrator }

// MayOverrideQuiet says whether an emergency by this role may sound in quiet hours.
func (r Role) MayOverrideQuiet() bool { return r == Approver || r == Administrator }

// Identity is whoever asks for something, after the proof was checked.
type Identity struct {
	Actor string // as the log writes it: "user:LOGIN", "token:NAME", "socket:USER", "visit:NAME", "phone:NAME", "recovery:SHEET-NO"
	Name  string // for people to read
	Role  Role
	// Person is the ID of the person's account; "" for tokens, the socket, visitors and whoever came by a link.
	Person  string
	Session string // ID of the session, "" without one
	// Phone: a registered phone, which may only do what routes that are marked so do.
	Phone bool
	// Link: the session was opened by the set-up link or the recovery sheet, and may make or reset an administrator
	// without an old password.
	Link bool
}

// Known says whether anybody was recognised at all.
func (i Identity) Known() bool { return i.Actor != "" }
