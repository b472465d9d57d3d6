"use strict";
// What the page shows of an answer. Everything goes in as text: nothing that comes out of a file becomes part of the page.

// el makes an element of a class with a text or children; null children are left out.
function el(tag, cls, content) {
  const e = document.createElement(tag);
  if (cls) e.className = cls;
  for (const c of Array.isArray(content) ? content : [content]) {
    if (c !== null && c !== undefined && c !== "") e.append(c instanceof Node ? c : String(c));
  }
  return e;
}

const signs = { holds: "✔", internal: "✔", fails: "✖", unfinished: "!", nothing: "…" };
const both = (text) => (text ? text[language] || text.en : "");

// results builds all of it, the most important first.
function results(a) {
  const mains = accounts(a);
  return [
    el("section", "verdict " + a.word, [el("span", "sign", signs[a.word]), el("p", "word", say(a.word)), el("p", "line", say(headline(a)))]),
    problems(a), wrong(a), fingerprints(a), table(a), singles(a), comparison(a), held(a),
    el("div", "pair", mains.map(statements).concat(mains.filter((v) => !v.report.single).map(figures))),
    ...mains.map(intervals), files(a), technical(a),
  ];
}

// headline is the sentence under the one word. A log that is in order and a report that is not must not be mixed up.
function headline(a) {
  const sound = a.verdicts.every((v) => v.holds) && !a.files.some((f) => f.broken) && !a.problems.length;
  if (a.word === "fails" && sound && a.verdicts.length) return "reportLine";
  return a.word + "Line";
}

// accounts are the verdicts that speak for a whole log: the joined ones, and exports that were not joined.
function accounts(a) {
  const joined = a.verdicts.filter((v) => v.joined && v.report).map((v) => v.report.origin);
  return a.verdicts.filter((v) => v.report && (v.joined || v.report.single || !joined.includes(v.report.origin)));
}

const title = (v) => (v.joined ? say("joined", { n: v.parts }) + " – " + (v.report ? v.report.origin : v.name) : v.name);

function problems(a) {
  const lines = a.problems.map((p) => both(p));
  for (const f of a.files) if (f.broken) lines.push(f.name + ": " + both(f.why));
  if (!lines.length) return null;
  return el("section", "card " + (a.word === "fails" ? "wrong" : "caution"), el("ul", "", lines.map((l) => el("li", "", l))));
}

// fingerprints shows whose key signed, once for each key: large when it is still to be compared with the paper.
function fingerprints(a) {
  const seen = new Set();
  const cards = [];
  for (const v of a.verdicts) {
    if (!v.report || !v.fingerprint || seen.has(v.fingerprint)) continue;
    seen.add(v.fingerprint);
    const known = v.report.key_known;
    cards.push(el("section", "card " + (known ? "" : "caution"), [
      el("h2", "", say(known ? "printOther" : "printKey")),
      el("p", "mono print", v.fingerprint),
      known ? null : el("p", "", say("printCompare")),
    ]));
  }
  return el("div", "", cards);
}

function chip(v) {
  if (!v.holds && v.report && v.report.single) return el("span", "chip bad", "! " + say("unproved"));
  if (!v.holds) return el("span", "chip bad", "✖ " + say("bad"));
  return v.report.key_known ? el("span", "chip good", "✔ " + say("ok")) : el("span", "chip warn", "✔ " + say("okInternal"));
}

function cell(label, content, cls) {
  const td = el("td", cls || "", content);
  td.dataset.label = say(label);
  return td;
}

// station names the station of a log. A part of a log need not contain the record with the name: another part may.
function station(a, r) {
  const named = [r, ...a.verdicts.filter((v) => v.report && v.report.origin === r.origin).map((v) => v.report)].find((x) => x.station_name);
  const code = r.station_code || r.origin.split("/")[1] || r.origin;
  return named ? named.station_name + " (" + code + ")" : code;
}

function table(a) {
  const broken = a.files.filter((f) => f.broken && f.kind === "export");
  if (!a.verdicts.length && !broken.length) return null;
  const heads = ["file", "station", "period", "records", "broadcasts", "minutes", "verdict"];
  const numeric = ["records", "broadcasts", "minutes"];
  const rows = a.verdicts.map((v) => {
    const r = v.report;
    if (!r) return el("tr", v.joined ? "together" : "", [cell("file", title(v), "wide"), cell("verdict", chip(v))]);
    if (r.single) return el("tr", "", [cell("file", title(v), "wide"), cell("station", station(a, r)), cell("period", "–"), cell("records", number(1), "n"),
      cell("broadcasts", "–", "n"), cell("minutes", "–", "n"), cell("verdict", chip(v))]);
    return el("tr", v.joined ? "together" : "", [
      cell("file", title(v), "wide"),
      cell("station", station(a, r)),
      cell("period", moment(r.first_wall) + " – " + moment(r.last_wall)),
      cell("records", number(r.size - r.first), "n"), cell("broadcasts", number(r.figures.broadcasts.n), "n"),
      cell("minutes", minutes(r.figures.broadcasts.aired_ms), "n"), cell("verdict", chip(v)),
    ]);
  });
  for (const f of broken) {
    const why = el("td", "", both(f.why));
    why.colSpan = 5;
    rows.push(el("tr", "", [cell("file", f.name, "wide"), why, cell("verdict", el("span", "chip bad", "✖ " + say("bad")))]));
  }
  return el("section", "card", [el("h2", "", say("table")), el("table", "stack", [
    el("thead", "", el("tr", "", heads.map((h) => el("th", numeric.includes(h) ? "n" : "", say(h))))), el("tbody", "", rows)])]);
}

function wrong(a) {
  const cards = a.verdicts.filter((v) => !v.holds).map((v) => {
    if (!v.report) return el("section", "card wrong", [el("h2", "", say("wrong")), el("h3", "", title(v)), el("p", "", v.error)]);
    const r = v.report;
    const rest = r.findings_all - r.findings.length;
    return el("section", "card wrong", [
      el("h2", "", say("wrong")), el("h3", "", title(v)),
      r.first_bad >= 0 ? el("p", "", el("strong", "first", say("firstBad", { n: r.first_bad }))) : null,
      el("ul", "", r.findings.map((f) => el("li", "", both(f))).concat(rest > 0 ? [el("li", "faint", say("moreWrong", { n: rest }))] : [])),
    ]);
  });
  return el("div", "", cards);
}

// singles say what the records say that came with a proof of their own.
function singles(a) {
  return el("div", "", a.verdicts.filter((v) => v.report && v.report.single).map((v) => el("section", "card", [
    el("h2", "", say("single")), el("p", "faint", v.name + " · " + say("record", { n: v.report.single.index })),
    el("ul", "", v.report.single.words.map((w) => el("li", "", both(w))))])));
}

function held(a) {
  if (!a.held.length) return null;
  return el("section", "card", [el("h2", "", say("held")), el("ul", "", a.held.map((h) => el("li", "", [
    el("span", "chip " + ({ extends: "good", before: "warn", other_log: "bad" }[h.status] || "bad"), (h.status === "extends" ? "✔ " : "! ") + say("heldSize", { n: h.size })),
    " " + say(h.status), h.origin ? el("span", "faint", " " + h.origin) : null])))]);
}

function statements(v) {
  return el("section", "card", [el("h2", "", say("shows")), el("p", "faint", title(v)), el("ul", "", v.report.statements.map((s) => el("li", "", both(s))))]);
}

const pieces = (c) => say("count", { n: c.n, m: minutes(c.aired_ms) });

function figures(v) {
  const f = v.report.figures;
  const rows = [["hardware", pieces(f.broadcasts)]];
  for (const o of ["full", "late", "partial", "preempted", "missed", "skipped", "cancelled"]) {
    if (f.occurrences && f.occurrences[o]) rows.push(["o_" + o, say("buoi", { n: f.occurrences[o] })]);
  }
  if (f.rehearsals.n) rows.push(["rehearsals", pieces(f.rehearsals)]);
  if (f.emergencies.n) rows.push(["emergencies", pieces(f.emergencies)]);
  if (v.report.owed.length) rows.push(["owed", say("buoi", { n: v.report.owed.length })]);
  if (f.interrupted) rows.push(["interrupted", number(f.interrupted)]);
  const lines = rows.map(([k, t]) => el("tr", "", [el("td", "", say(k)), el("td", "n", t)]));
  const part = (heading, list) => (list.length ? [el("h3", "", say(heading)), el("table", "facts", el("tbody", "", list))] : []);
  const levels = Object.keys(f.by_level || {}).sort().map((l) => el("tr", "", [
    el("td", "", Number(l) <= 2 ? say("level" + l) : say("levelN", { n: Number(l) })), el("td", "n", pieces(f.by_level[l]))]));
  const low = levels.length && !Object.keys(f.by_level).some((l) => Number(l) > 2);
  const topics = Object.keys(f.topics || {}).sort((x, y) => f.topics[y].n - f.topics[x].n).map((t) => el("tr", "", [
    el("td", "", t || say("topicRest")), el("td", "n", pieces(f.topics[t]))]));
  return el("section", "card", [el("h2", "", say("figures")), el("p", "faint", title(v)), el("table", "facts", el("tbody", "", lines)),
    ...part("levels", levels), low ? el("p", "faint", say("outside")) : null, ...part("topics", topics)]);
}

function intervals(v) {
  const most = 50;
  const list = (key, all) => {
    if (!all.length) return null;
    return el("details", "card", [el("summary", "", say(key) + " (" + number(all.length) + ")"),
      el("ul", "", all.slice(0, most).map((i) => el("li", "", moment(i.from) + " – " + moment(i.until) + " · " + i.why + " · " + say("record", { n: i.index })))
        .concat(all.length > most ? [el("li", "faint", say("more", { n: all.length - most }))] : []))]);
  };
  return el("div", "", [list("outages", v.report.outages), list("gaps", v.report.gaps)]);
}

function comparison(a) {
  const c = a.compared;
  if (!c) return null;
  const most = 200;
  const list = (c.differences || []).slice(0, most);
  const all = c.rows_differ + c.figures_differ;
  const mark = all ? "✖ " : c.ok ? "✔ " : "! ";
  return el("section", "card " + (all ? "wrong" : c.ok ? "" : "caution"), [
    el("h2", "", say("compare")),
    el("p", "", el("strong", "compare", mark + both(c.summary))),
    c.uncompared ? el("p", "", say("uncompared", { n: c.uncompared })) : null,
    list.length ? el("ul", "", list.map((d) => el("li", "", both(d)))) : null,
    all > list.length ? el("p", "faint", say("moreDiffer", { n: all - list.length })) : null,
  ]);
}

// files lists what was handed over, what it was taken for, and its hash.
function files(a) {
  if (!a.files.length) return null;
  return el("section", "card", [el("h2", "", say("files")), el("ul", "", a.files.map((f, i) => {
    const remove = el("button", "quiet", "✕");
    remove.type = "button";
    remove.title = say("remove");
    remove.setAttribute("aria-label", say("remove") + ": " + f.name);
    remove.addEventListener("click", () => forget(i));
    return el("li", "taken", [el("span", "name", f.name), remove,
      f.why ? el("span", "more", both(f.why)) : null, f.error ? el("span", "more faint", f.error) : null,
      f.sha256 ? el("span", "more faint mono", say("sha") + ": " + f.sha256) : null]);
  }))]);
}

function technical(a) {
  if (!a.verdicts.length) return null;
  const rows = a.verdicts.filter((v) => v.report).map((v) => el("li", "", [el("h3", "", title(v)),
    ...[["origin", v.report.origin], ["epoch", v.report.epoch], ["records", v.report.first + " – " + (v.report.size - 1)], ["signed", v.report.signed],
      ["root", v.report.root], ["key", v.report.public_key]].map(([k, t]) => el("p", "", [say(k) + ": ", el("span", "mono", String(t))]))]));
  const json = el("details", "", [el("summary", "", say("machine"))]);
  json.addEventListener("toggle", () => {
    if (json.open && !json.querySelector("pre")) {
      const pre = el("pre", "", JSON.stringify(a, null, 1));
      pre.id = "json";
      json.append(pre);
    }
  });
  json.id = "machine";
  const print = el("button", "quiet", say("print"));
  print.type = "button";
  print.addEventListener("click", () => window.print());
  return el("div", "", [el("details", "card", [el("summary", "", say("technical")), el("ul", "", rows), json]),
    el("p", "", [print, " ", el("span", "faint", say("nowhere"))])]);
}
