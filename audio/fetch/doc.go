// Package fetch brings foreign bytes in: from a link, out of an archive, from a stick or a folder. It never judges what
// the bytes mean; it judges where they come from, how many there are and how long they take.
//
// What holds for links:
//   - A person sees every hop and confirms the last host; Get takes bytes from that host and from no other.
//   - The address that was checked is the address that is dialled. Nothing is asked twice, so a name that changes its
//     answer in between gains nothing.
//   - Loopback, private, link-local and other special addresses are refused on every connection, also when they hide in
//     an IPv6 form, unless Options.AllowPrivate names them.
//   - HTTPS, unless Options.AllowHTTP; never back from HTTPS to HTTP.
//   - No proxy from the environment, no credentials, no connection used twice; cookies live as long as one Look or Get,
//     for the few services that need them.
//
// Names from outside (of links, entries and files) are labels. No path is ever made of them.
//
// BUG(fetch): bytes that a server sends after the length it announced are not part of an HTTP/1.1 answer, and are cut off
// without a word. The decoder notices a clip that has become too short.
package fetch
