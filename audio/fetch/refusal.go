package fetch

import "fmt"

// The codes of refusals. They are stable: pages, scripts and the API know them.
const (
	CodeNoInternet     = "no_internet"
	CodeBadLink        = "bad_link"
	CodeNotHTTPS       = "not_https"
	CodeDowngrade      = "https_to_http"
	CodeCredentials    = "link_with_password"
	CodePort           = "port_not_allowed"
	CodePrivateAddress = "private_address"
	CodeRedirects      = "too_many_redirects"
	CodeNoSuchHost     = "no_such_host"
	CodeUnreachable    = "unreachable"
	CodeCertificate    = "certificate"
	CodeCertClock      = "certificate_date"
	CodeNotFound       = "not_found"
	CodeSignIn         = "sign_in_needed"
	CodeServer         = "server_error"
	CodeTooLarge       = "too_large"
	CodeTooSlow        = "too_slow"
	CodeCut            = "connection_cut"
	CodeWrongLength    = "wrong_length"
	CodeChanged        = "changed_meanwhile"
	CodeHostChanged    = "host_changed"
	CodeEncoded        = "encoded"
	CodeHeaders        = "headers_too_large"
	CodeEmpty          = "empty"
	CodeWebPage        = "web_page"
	CodeFolder         = "shared_folder"
	CodeDocument       = "online_document"
	CodeService        = "service_page"

	CodeNotArchive     = "not_archive"
	CodeArchiveDamaged = "archive_damaged"
	CodeArchiveEntries = "archive_too_many"
	CodeArchiveTotal   = "archive_too_large"
	CodeArchiveBomb    = "archive_bomb"
	CodeOfficeFile     = "office_file"
)

// Refusal says why something is not brought in. Detail is technical English for the log; for CodeFolder, CodeDocument and
// CodeService it is the name of the service, for CodePrivateAddress, CodeNoSuchHost, CodeUnreachable and CodeSignIn it
// begins with the host.
type Refusal struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func refuse(code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Detail: fmt.Sprintf(format, args...)}
}

func (r *Refusal) Error() string { return "fetching: " + r.Code + ": " + r.Detail }

// Sentence tells a person what is wrong and what to do, in "vi" or, for anything else, in English.
func (r *Refusal) Sentence(lang string) string {
	s, ok := sentences()[r.Code]
	if !ok {
		s = sentences()[CodeServer]
	}
	text := s.en
	if lang == "vi" {
		text = s.vi
	}
	if s.named {
		return fmt.Sprintf(text, r.Detail)
	}
	return text
}

// sentence is one refusal in both languages; named has a place for the Detail.
type sentence struct {
	vi, en string
	named  bool
}
