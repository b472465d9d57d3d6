"use strict";
// All words of the page, Vietnamese and English; both have the same keys.
const words = {
  vi: {
    lang: "English",
    title: "Đối chiếu nhật ký loa xã",
    intro: "Trang này kiểm tra bản trích nhật ký ngay trên máy của bạn. Không cần mạng, không gửi tệp đi đâu.",
    own: "Hãy dùng bản trang này của chính bạn, không dùng bản lấy từ máy đang kiểm tra",
    own1: "Trang lấy từ chính máy đang kiểm tra có thể nói dối. Hãy dùng bản bạn tự giữ, hoặc bản nhận từ cấp trên.",
    own2: "Mã SHA-256 của phần lõi kiểm tra trong trang này:",
    own3: "Muốn xem mã SHA-256 của cả tệp trang này, hãy thả chính tệp đó vào ô bên dưới. Nhưng trang giả có thể báo mã giả. Cách chắc chắn: tính trên máy của bạn rồi so với mã đã công bố:",
    own4: "Windows:", own5: "Linux, macOS:",
    drop: "Thả tệp vào đây", choose: "Chọn tệp", dropMore: "Bản trích (.zip), chứng minh một dòng (.tlog-proof), báo cáo (.json), dấu mốc hoặc khóa (.txt). Có thể chọn nhiều tệp.",
    keyLabel: "Khóa đã đăng ký trên giấy",
    keyHelp: "Chép dấu vân tay trên Phiếu đăng ký khóa (8 nhóm, mỗi nhóm 4 ký tự), hoặc dán cả khóa. Để trống thì chỉ chứng minh được nhất quán nội bộ.",
    heldLabel: "Dấu mốc đã giữ ở nơi khác (nếu có)",
    heldHelp: "Dán nguyên văn dấu mốc, từ dòng “loaxa/…” đến hết dòng “— loaxa/…”.",
    loading: "Đang mở phần lõi kiểm tra…", working: "Đang kiểm tra…", stop: "Dừng", stopped: "Đã dừng theo yêu cầu.",
    clear: "Xóa hết, làm lại", remove: "Bỏ tệp này", files: "Các tệp đã đưa vào",
    old: "Trình duyệt này quá cũ. Hãy mở trang bằng Chrome, Edge hoặc Firefox bản mới.",
    crash: "Phần lõi kiểm tra bị dừng đột ngột (có thể do thiếu bộ nhớ). CHƯA kết luận được gì. Hãy thử từng tệp một, hoặc dùng lệnh loaxa verify.",
    unreadFile: "Không đọc được tệp", tooBig: "Tệp quá lớn đối với trang này. Hãy dùng lệnh: loaxa verify",
    holds: "KHỚP", internal: "KHỚP NHƯNG CHƯA BIẾT KHÓA", fails: "KHÔNG KHỚP", unfinished: "CHƯA ĐỐI CHIẾU HẾT", nothing: "CHƯA CÓ BẢN TRÍCH",
    holdsLine: "Các bản trích còn nguyên vẹn và được ký bằng khóa bạn đưa vào.",
    internalLine: "Các bản trích nhất quán, nhưng chỉ chứng minh nhất quán nội bộ: chưa biết khóa này của ai.",
    failsLine: "Có điểm sai. Giữ nguyên các tệp, ghi lại những dòng dưới đây.",
    reportLine: "Nhật ký còn nguyên vẹn, nhưng báo cáo không khớp với nhật ký.",
    unfinishedLine: "Những gì đã kiểm tra thì không sai, nhưng có phần chưa dùng được.",
    nothingLine: "Hãy thêm bản trích nhật ký (.zip) để kiểm tra.",
    printKey: "Dấu vân tay khóa của nhật ký này",
    printCompare: "So từng nhóm số với Phiếu đăng ký khóa do Công an xã giữ, rồi nhập vào ô “Khóa đã đăng ký trên giấy”.",
    printOther: "Dấu vân tay khóa ký các tệp này",
    table: "Từng tệp và cả bộ", file: "Tệp", station: "Đài", period: "Từ – đến", records: "Số dòng", broadcasts: "Buổi phát ra loa", minutes: "Số phút", verdict: "Kết luận",
    joined: "Cả {n} bản trích gộp lại", ok: "Khớp", okInternal: "Khớp, chưa biết khóa", bad: "Không khớp", unproved: "Chưa chứng minh được", unused: "Chưa dùng được", used: "Đã dùng",
    wrong: "Điểm sai", moreWrong: "… và {n} điểm sai nữa.", record: "dòng {n}", firstBad: "Sai đầu tiên ở dòng {n}",
    single: "Dòng được chứng minh",
    shows: "Chứng minh được gì, không chứng minh được gì",
    figures: "Số liệu tính lại từ nhật ký", outcomes: "Buổi phát theo kế hoạch", hardware: "Đã phát ra thiết bị thật", rehearsals: "Phát thử (không tính)", emergencies: "Phát khẩn cấp", owed: "Chưa có kết quả", interrupted: "Bắt đầu mà không thấy kết thúc",
    levels: "Mức chứng cứ", level0: "Mức 0: không phát được gì", level1: "Mức 1: đã xuất âm thanh, chưa chắc có thiết bị thật", level2: "Mức 2: thiết bị thật đã nhận đúng tốc độ", levelN: "Mức {n}",
    outside: "Mức cao nhất ở đây là 2: chưa kiểm chứng ngoài loa.",
    topics: "Theo chủ đề", topicRest: "các chủ đề khác", count: "{n} buổi, {m} phút", buoi: "{n} buổi",
    outages: "Máy không chạy", gaps: "Nhật ký không ghi kịp", more: "… và {n} khoảng nữa.",
    held: "Dấu mốc đã giữ", heldSize: "{n} dòng", extends: "nhật ký nối tiếp đúng dấu mốc này", contradicts: "nhật ký TRÁI với dấu mốc này", beyond: "nhật ký NGẮN hơn dấu mốc này", before: "nằm trước phần được đưa ra, không so được", later: "nằm sau phần được đưa ra, không so được", apart: "không so được với chứng minh của một dòng", other_log: "của nhật ký khác", unreadable: "không đọc được",
    compare: "So với báo cáo",
    uncompared: "{n} dòng của báo cáo chưa so được",
    moreDiffer: "… và {n} chỗ khác nữa.",
    sha: "SHA-256", machine: "Kết quả dạng máy đọc (JSON)", technical: "Chi tiết kỹ thuật", origin: "Tên gốc", epoch: "Quyển số", root: "Gốc cây băm", signed: "Dòng đã ký", key: "Khóa",
    print: "In kết quả", nowhere: "Kết quả này do trang tính ra, chưa lưu ở đâu.",
    o_full: "đã phát đủ", o_late: "phát chậm", o_partial: "bị gián đoạn", o_preempted: "nhường buổi khác", o_missed: "không phát (lỡ giờ)", o_skipped: "không phát (theo quy định)", o_cancelled: "đã hủy",
  },
  en: {
    lang: "Tiếng Việt",
    title: "Check the log of a public-address station",
    intro: "This page checks exports of the log on your own computer. It needs no network and sends nothing anywhere.",
    own: "Use your own copy of this page, not one from the machine that is inspected",
    own1: "A page taken from the very machine that is inspected can lie. Use the copy that you keep, or one from the authority above.",
    own2: "SHA-256 of the checking core inside this page:",
    own3: "To see the SHA-256 of this whole page's file, drop that file into the box below. But a forged page can show a forged hash. To be certain, compute it on your own computer and compare it with the published one:",
    own4: "Windows:", own5: "Linux, macOS:",
    drop: "Drop files here", choose: "Choose files", dropMore: "Exports (.zip), proofs of one record (.tlog-proof), a report (.json), checkpoints or keys (.txt). Several at once are fine.",
    keyLabel: "Key as registered on paper",
    keyHelp: "Copy the fingerprint from the key registration form (8 groups of 4 characters), or paste the whole key. Without it only internal consistency can be shown.",
    heldLabel: "Checkpoint kept elsewhere (if any)",
    heldHelp: "Paste the whole checkpoint, from the line “loaxa/…” to the end of the line “— loaxa/…”.",
    loading: "Opening the checking core…", working: "Checking…", stop: "Stop", stopped: "Stopped as you asked.",
    clear: "Clear all, begin again", remove: "Remove this file", files: "Files handed over",
    old: "This browser is too old. Open the page in a recent Chrome, Edge or Firefox.",
    crash: "The checking core stopped suddenly (perhaps for lack of memory). NOTHING is known yet. Try the files one at a time, or use the command loaxa verify.",
    unreadFile: "The file cannot be read", tooBig: "The file is too large for this page. Use the command: loaxa verify",
    holds: "VERIFIED", internal: "VERIFIED, BUT THE KEY IS NOT KNOWN", fails: "DOES NOT VERIFY", unfinished: "NOT ALL WAS CHECKED", nothing: "NO EXPORT YET",
    holdsLine: "The exports are intact and signed by the key that you brought.",
    internalLine: "The exports are consistent, but this shows internal consistency only: whose key it is, is not known.",
    failsLine: "Something is wrong. Keep the files as they are and write down the lines below.",
    reportLine: "The log is intact, but the report does not agree with it.",
    unfinishedLine: "Nothing is wrong with what was checked, but not all could be used.",
    nothingLine: "Add an export of the log (.zip) to check it.",
    printKey: "Fingerprint of this log's key",
    printCompare: "Compare it group by group with the key registration form kept by the commune police, then type it into “Key as registered on paper”.",
    printOther: "Fingerprint of the key that signed these files",
    table: "Each file and all together", file: "File", station: "Station", period: "From – to", records: "Records", broadcasts: "Broadcasts on hardware", minutes: "Minutes", verdict: "Verdict",
    joined: "All {n} exports together", ok: "Verified", okInternal: "Verified, key not known", bad: "Does not verify", unproved: "Not proved", unused: "Not used", used: "Used",
    wrong: "What is wrong", moreWrong: "… and {n} more.", record: "record {n}", firstBad: "First wrong at record {n}",
    single: "The record that is proved",
    shows: "What is proved and what is not",
    figures: "Figures recomputed from the log", outcomes: "Planned broadcasts", hardware: "Taken by hardware", rehearsals: "Rehearsals (not counted)", emergencies: "Emergencies", owed: "Not decided yet", interrupted: "Started without an end",
    levels: "Evidence level", level0: "Level 0: nothing was played", level1: "Level 1: sound was handed over, perhaps to no device", level2: "Level 2: hardware took it at a true rate", levelN: "Level {n}",
    outside: "Nothing above level 2 here: not verified outside the loudspeaker.",
    topics: "By topic", topicRest: "other topics", count: "{n} broadcasts, {m} minutes", buoi: "{n} broadcasts",
    outages: "Not running", gaps: "Log not written in time", more: "… and {n} more.",
    held: "Checkpoints kept elsewhere", heldSize: "{n} records", extends: "the log goes on from it", contradicts: "the log CONTRADICTS it", beyond: "the log is SHORTER than it", before: "ends before this part begins, cannot be compared", later: "lies after this part, cannot be compared", apart: "cannot be compared with a proof of one record", other_log: "of another log", unreadable: "cannot be read",
    compare: "Compared with the report",
    uncompared: "{n} rows of the report could not be compared",
    moreDiffer: "… and {n} more.",
    sha: "SHA-256", machine: "Result for machines (JSON)", technical: "Technical details", origin: "Origin", epoch: "Epoch", root: "Root of the tree", signed: "Records signed", key: "Key",
    print: "Print the result", nowhere: "This result was computed by the page and is kept nowhere.",
    o_full: "played in full", o_late: "late", o_partial: "broken off", o_preempted: "gave way to another", o_missed: "not played (time passed)", o_skipped: "not played (by rule)", o_cancelled: "cancelled",
  },
};
let language = "vi";

// say is the text under a key, with {name} filled in.
function say(key, values) {
  const text = words[language][key];
  if (text === undefined) return key;
  return text.replace(/\{(\w)\}/g, (all, name) => (values && name in values ? number(values[name]) : all));
}

function number(n) {
  return typeof n === "number" ? n.toLocaleString(language === "vi" ? "vi-VN" : "en-GB") : String(n);
}

// moment writes a record's time as it was written, in the station's own offset: 02/03/2026 05:00.
function moment(t) {
  const m = /^(\d+)-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(t || "");
  return m ? m[4] + " " + m[3] + "/" + m[2] + "/" + m[1] : "–";
}

function minutes(ms) {
  return number(Math.round(ms / 6000) / 10);
}
