// Package decree writes official papers in the form of Nghị định 30/2020/NĐ-CP (annexes I and III): heads, number, place and
// date, title, addressees, text, recipients, signature, and appendices with tables. One model gives PDF and DOCX, laid out
// alike. The paper's number and its day stay blank: the clerk (văn thư) gives them out.
//
// Everything that people wrote is cleaned and escaped here: no text can change a document's structure.
package decree
